import { expect, it } from 'vitest';
import { programName, withProgramName } from '../../../lib/cli/terminal/program-name.ts';

it.each([
  [{}, 'fun-asr'],
  [{ npm_lifecycle_event: 'my-script' }, 'fun-asr'],
  [{ npm_lifecycle_event: 'transcribe' }, 'npm run fun-asr --'],
  [{ npm_lifecycle_event: 'fun-asr' }, 'npm run fun-asr --'],
  [{ npm_lifecycle_event: 'npx', npm_config_package: '' }, 'npx fun-asr'],
  [{ npm_lifecycle_event: 'npx', npm_config_package: 'fun-asr-streams' }, 'fun-asr'],
])('in the environment %j is %s', (env, name) => {
  expect(programName(env)).toBe(name);
});

it('is put into the commands of a text, and not into other words', () => {
  const text = 'Run `fun-asr engine pull a`, or use fun-asr in the cloud with `fun-asr-realtime`.';
  expect(withProgramName(text, 'npx fun-asr')).toBe(
    'Run `npx fun-asr engine pull a`, or use fun-asr in the cloud with `fun-asr-realtime`.',
  );
});
