// The service of live-streams.mjs, in another process. It sends a partial result after each 300 ms of audio, as Fun-ASR
// does, and a final one after each 3 s. Prints its URL.
import { startService } from '../../dist/service/service.js';
import { periodicEngine } from '../engines/periodic-engine.mjs';

const service = await startService({ engine: periodicEngine({ partialMs: 300 }), port: 0 });
console.log(service.url);
