// Starts a service with the door for clients of OpenAI's API, and prints the address of the API.
import { openAiDoor } from '../../dist/openai/openai-door.js';
import { startService } from '../../dist/service/service.js';
import { periodicEngine } from '../engines/periodic-engine.mjs';

const service = await startService({ engine: periodicEngine(), port: 0, doors: [openAiDoor()] });
console.log(`http://127.0.0.1:${service.port}/v1`);
