import { describe, expect, it } from 'vitest';
import { FaultSchedule } from '../../../lib/testing/faults/fault-schedule.ts';
import { parseFaults } from '../../../lib/testing/faults/fault-spec.ts';

describe('a schedule of faults', () => {
  it('returns a fault once, at its trigger, after its audio was received', () => {
    const schedule = new FaultSchedule(parseFaults('drop@1s, refuse@1s'));
    schedule.addAudio(999.9);
    expect(schedule.take('audio')).toBeUndefined();
    schedule.addAudio(0.1);
    expect(schedule.take('upgrade')).toMatchObject({ kind: 'refuse' });
    expect(schedule.take('audio')).toMatchObject({ kind: 'drop' });
    expect(schedule.take('audio')).toBeUndefined();
  });

  it('returns due faults in the order of their audio', () => {
    const schedule = new FaultSchedule(parseFaults('drop@3s, reset@1s, fail@2s'));
    schedule.addAudio(2000);
    expect(schedule.pending.map(({ kind }) => kind)).toEqual(['reset', 'fail', 'drop']);
    expect([schedule.take('audio')?.kind, schedule.take('audio')?.kind]).toEqual(['reset', 'fail']);
    expect(schedule.take('audio')).toBeUndefined();
    expect(schedule.pending).toMatchObject([{ kind: 'drop' }]);
  });
});
