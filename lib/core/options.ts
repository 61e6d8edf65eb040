import { inspect } from 'node:util';
import leven from 'leven';
import { FunAsrError } from './errors.ts';
import { optionName } from './option-names.ts';

/** Checks a value. Returns the rule that it violates, as text for a message; undefined when it is valid. */
export type Rule = (value: unknown) => string | undefined;

/** One rule for every option that a function takes. */
export type Rules<Options> = { readonly [Name in keyof Required<Options>]: Rule };

/** An integer within a range, both ends included; `unit` is named in the message. */
export function integer(min: number, max: number, unit = ''): Rule {
  return (value) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : `must be an integer from ${min} to ${max}${unit && ` ${unit}`}`;
}

/** A finite number within a range, both ends included. */
export function number(min: number, max: number, unit = ''): Rule {
  return (value) =>
    typeof value === 'number' && value >= min && value <= max && Number.isFinite(value)
      ? undefined
      : `must be a number from ${min} to ${max}${unit && ` ${unit}`}`;
}

/** One of some values. */
export function oneOf(...values: readonly unknown[]): Rule {
  return (value) => (values.includes(value) ? undefined : `must be one of ${values.join(', ')}`);
}

/** An array whose items all pass a rule. */
export function listOf(rule: Rule): Rule {
  return (value) => (Array.isArray(value) ? value.map(rule).find(Boolean) : 'must be an array');
}

/** True or false. */
export const boolean: Rule = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');

/** A string that is not empty. */
export const text: Rule = (value) =>
  typeof value === 'string' && value.length > 0 ? undefined : 'must be a string that is not empty';

/** A string, which may be empty. */
export const anyText: Rule = (value) => (typeof value === 'string' ? undefined : 'must be a string');

/** An object that is not an array. */
export const anyObject: Rule = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'must be an object';

/** A Buffer or Uint8Array. */
export const byteArray: Rule = (value) =>
  value instanceof Uint8Array ? undefined : 'must be a Buffer or Uint8Array';

/** A function. */
export const callback: Rule = (value) => (typeof value === 'function' ? undefined : 'must be a function');

/** An AbortSignal. */
export const abortSignal: Rule = (value) =>
  value instanceof AbortSignal ? undefined : 'must be an AbortSignal';

/** A value that passes at least one of some rules. */
export function anyOf(...rules: readonly Rule[]): Rule {
  return (value) => {
    const violations = rules.map((rule) => rule(value));
    return violations.includes(undefined) ? undefined : violations.join(', or ');
  };
}

/**
 * Refuses options that are unknown, of the wrong type or out of range, before anything starts. An option that is
 * undefined counts as not given.
 * @param owner Name of the function or stage, for the message.
 * @throws {FunAsrError} `E_OPTION`, naming the option, the rule with its unit, and the value got.
 */
export function checkOptions<Options extends object>(
  owner: string,
  options: Options,
  rules: Rules<Options>,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new FunAsrError('E_OPTION', `${owner}: the options must be an object, got ${inspect(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) throw unknownOption(owner, name, Object.keys(rules));
    const broken = value === undefined ? undefined : rules[name as keyof Options](value);
    if (broken) {
      const got = SECRET.has(name) ? typeof value : shorten(inspect(value));
      throw new FunAsrError('E_OPTION', `${owner}: option ${optionName(name)} ${broken}, got ${got}`);
    }
  }
}

/** A value may be as long as a file. */
function shorten(shown: string): string {
  return shown.length > 500 ? `${shown.slice(0, 500)}…` : shown;
}

/**
 * Refuses an argument that is not an option.
 * @param owner Name of the function, for the message.
 * @throws {FunAsrError} `E_OPTION`, naming the argument, the rule, and the value got.
 */
export function checkArgument(owner: string, name: string, value: unknown, rule: Rule): void {
  const broken = rule(value);
  if (broken) {
    if (value instanceof URL) throw urlRefused(owner, `${name} ${broken}`, value);
    const got = inspect(value, { depth: 0, breakLength: Infinity });
    throw new FunAsrError('E_OPTION', `${owner}: ${name} ${broken}, got ${got}`);
  }
}

/** Makes the error of a URL where a path is expected, in one line. */
export function urlRefused(owner: string, rule: string, url: URL): FunAsrError {
  return new FunAsrError('E_OPTION', `${owner}: ${rule}, got the URL ${url.href}`, {
    hint: 'For a file, use fileURLToPath(url).',
  });
}

/** Options whose value is never shown, because it is a key. */
const SECRET: ReadonlySet<string> = new Set(['apiKey', 'token']);

/** Names of the Python SDK that resemble none of the options that they stand for. */
const PYTHON_NAMES = new Map([
  ['base_websocket_api_url', 'baseUrl'],
  ['base_http_api_url', 'httpBaseUrl'],
]);

function unknownOption(owner: string, name: string, known: readonly string[]): FunAsrError {
  const translated = PYTHON_NAMES.get(name) ?? '';
  const near = known.includes(translated) ? translated : closest(name, known);
  return new FunAsrError('E_OPTION', `${owner}: there is no option ${optionName(name)}`, {
    hint: near
      ? `Did you mean ${optionName(near)}?`
      : `It takes ${known.map((one) => optionName(one)).join(', ')}.`,
  });
}

/** Shorter ends of names mean nothing. */
const MIN_WORD_LENGTH = 4;

/** Finds the name that a misspelt name most probably means; undefined when none is similar. */
export function closest(name: string, names: readonly string[]): string | undefined {
  // Without `_` and `-`, because users of the Python SDK write snake_case.
  const normalized = name.replaceAll(/[_-]/g, '').toLowerCase();
  const ranked = names
    .map((candidate) => ({ candidate, distance: leven(normalized, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (ranked && ranked.distance <= Math.max(2, name.length / 3)) return ranked.candidate;
  // The last word of a longer name: `formats` for `outputFormat`.
  const word = normalized.replace(/s$/, '');
  if (word.length < MIN_WORD_LENGTH) return undefined;
  const [longer, ...others] = names.filter((candidate) => candidate.toLowerCase().endsWith(word));
  return others.length === 0 ? longer : undefined;
}

/** Selects the options that a set of rules contains, to pass them on to another function. */
export function pick<Options extends object, Name extends keyof Options>(
  options: Options,
  rules: { readonly [Known in Name]: Rule },
): Pick<Options, Name> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(rules, name))) as Pick<
    Options,
    Name
  >;
}
