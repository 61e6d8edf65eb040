import { channel } from 'node:diagnostics_channel';
import { CHANNELS } from './diagnostics.ts';
import type { RecognitionEvent } from './recognition-events.ts';

/** Publishes an event of a recognition on its channel, if it has one. */
export function publishDiagnostics({ type, detail }: RecognitionEvent): void {
  switch (type) {
    case 'connection':
    case 'task':
    case 'reconnect':
    case 'gap':
    case 'metrics':
      channel(CHANNELS[type]).publish(detail);
  }
}
