import { resultGenerated } from '../../protocol/messages/service-events.ts';

/** What no client expects, and none may stumble over. */
export function garbage(sort: string, taskId: string): string | Buffer {
  switch (sort) {
    case 'event':
      return JSON.stringify({
        header: { task_id: taskId, event: 'task-pondered', attributes: {} },
        payload: {},
      });
    case 'binary':
      return Buffer.from([0xde, 0xad, 0xbe, 0xef]);
    case 'foreign': {
      const text = 'This belongs to somebody else.';
      const sentence = { begin_time: 0, end_time: 60_000, text, words: [], sentence_end: true };
      return resultGenerated('f'.repeat(32), sentence, { duration: 60 });
    }
    default:
      return '{"header":{"event":"result-gen';
  }
}
