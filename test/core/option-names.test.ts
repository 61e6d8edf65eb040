import { afterEach, expect, it } from 'vitest';
import { nameOptionsWith, optionName } from '../../lib/core/option-names.ts';
import { checkOptions, integer } from '../../lib/core/options.ts';

const inCode = (name: string, value?: string): string => (value === undefined ? name : `${name}: '${value}'`);

afterEach(() => nameOptionsWith(inCode));

it('names an option as it is written in code', () => {
  expect(optionName('maxDurationMs')).toBe('maxDurationMs');
  expect(optionName('engine', 'local')).toBe("engine: 'local'");
});

it('names an option as the program has set it, and leaves other words alone', () => {
  nameOptionsWith((name) => `<${name}>`);
  const check = () =>
    checkOptions<{ port?: number | string }>('port', { port: 'port' }, { port: integer(0, 9) });
  expect(check).toThrow("port: option <port> must be an integer from 0 to 9, got 'port'");
});
