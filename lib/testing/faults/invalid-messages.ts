import { resultGenerated } from '../../protocol/messages/service-events.ts';

/**
 * Returns a message that a client does not expect and must ignore.
 * @param variant The parameter of the fault `invalid-message`.
 * @param taskId The running task.
 */
export function invalidMessage(variant: string, taskId: string): string | Buffer {
  switch (variant) {
    case 'event':
      return JSON.stringify({
        header: { task_id: taskId, event: 'unknown-event', attributes: {} },
        payload: {},
      });
    case 'binary':
      return Buffer.from([0xde, 0xad, 0xbe, 0xef]);
    case 'other-task': {
      const text = 'A sentence of another task.';
      const sentence = { begin_time: 0, end_time: 60_000, text, words: [], sentence_end: true };
      return resultGenerated('f'.repeat(32), sentence, { duration: 60 });
    }
    default:
      return '{"header":{"event":"result-gen';
  }
}
