// The service of decoding.mjs, in another process. It sends a final sentence after each 3 s of audio. Sends its URL to the parent.
import { startService } from '../../dist/service/service.js';
import { periodicEngine } from '../engines/periodic-engine.mjs';

const service = await startService({ engine: periodicEngine(), port: 0 });
process.send(service.url);
