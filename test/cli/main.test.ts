import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, FIXTURES } from './run-cli.ts';

const COMMANDS = 'transcribe live convert serve probe models vocabulary token engine doctor'.split(' ');

describe('help', () => {
  it('lists every command, with examples', async () => {
    const { exitCode, stdout } = await cli(['--help']);
    expect(exitCode).toBe(0);
    for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(stdout).toContain('fun-asr transcribe talk.mp3');
  });

  it.each([[['transcribe', '--help']], [['help', 'transcribe']]])(
    '%j shows the flags and examples of transcribe',
    async (args) => {
      const { exitCode, stdout } = await cli(args);
      expect(exitCode).toBe(0);
      for (const flag of ['--output-dir', '--max-sentence-silence', '--language', '--dry-run'])
        expect(stdout).toContain(flag);
      expect(stdout).toContain('Examples:');
      expect(stdout).not.toContain('--api-key');
    },
  );

  it.each(COMMANDS)('of %s fits in 80 columns', async (name) => {
    const { exitCode, stdout } = await cli([name, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('shows the version of the package', async () => {
    expect((await cli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong arguments', () => {
  it.each([
    [['transcrybe', 'x'], /Did you mean transcribe/],
    [['help', 'transcrybe'], /Did you mean transcribe/],
    [['transcribe'], /no input is given/],
    [['transcribe', 'x', '--langage', 'en'], /Did you mean --language/],
    [['transcribe', 'x', '-f', 'doc'], /must be one of srt, vtt, ass, lrc, txt, tsv, json, jsonl, all/],
    [['transcribe', 'x', '--max-sentence-silence', '100'], /must be an integer from 200 to 6000 ms/],
    [['transcribe', 'x', '--pace', 'fast'], /must be one of asap, realtime, or must be a number/],
    [['transcribe', 'x', '--concurrency', '0'], /must be an integer from 1 to 100/],
    [['transcribe', 'x', '--connect-timeout', '-1'], /must be an integer from 1 to 86400000 ms/],
    [['transcribe', 'x', '--engine', 'moon'], /Allowed choices are auto, cloud, local/],
    [['serve', '--port', '70000'], /must be an integer from 0 to 65535/],
    [['engine', 'pull', 'whisper'], /There are moonshine-base, moonshine-tiny/],
    [['transcribe', join(FIXTURES, 'himself.ogg'), '--base-url', 'https://example.com/x', '--force'], /wss:/],
    [['serve', '--host', '0.0.0.0', '--port', '0'], /token/],
    [['serve', '--faults', 'dorp@3s'], /dorp.*Did you mean drop/],
    [['serve', '--faults', 'random', '--seed', 'x'], /must be an integer from 0/],
    [['vocabulary', 'crate'], /Did you mean create/],
    [['vocabulary', 'create', 'Demo', 'x'], /must be 1 to 9 lower-case letters and digits/],
    [['vocabulary', 'create', 'demo', 'x', '--weight', '6'], /must be an integer from 1 to 5/],
    [['token', '--expires-in', '0'], /must be an integer from 1 to 1800/],
    [['token'], /DASHSCOPE_API_KEY.*\[E_NO_KEY\]/],
    [['token', '--http-base-url', 'wss://example.com'], /\[E_OPTION\]/],
    [['convert', 'x.wav'], /required option '--to <format>'/],
    [['convert', 'x.wav', '--to', 'flac'], /Allowed choices are pcm, wav, mp3, aac, opus/],
    [['convert', 'x.wav', '--to', 'mp3', '--channels', '3'], /must be one of 1, 2/],
    [['convert', 'x.wav', '--to', 'opus', '--sample-rate', '44100'], /8000, 12000, 16000, 24000, 48000 Hz/],
    [['convert', 'x.wav', '--to', 'wav', '--bitrate', '64k'], /--bitrate .*\[E_OPTION\]/],
    [['convert', 'x.wav', '--to', 'mp3', '--bitrate', 'much'], /must be an integer from 6000 to 512000/],
  ])('%j exits with 2 and prints what is allowed', async (args, message) => {
    const { exitCode, stderr } = await cli(args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  it.each([[['transcribe', 'x']], [['token']]])(
    '%j rejects an API key in the arguments without repeating it',
    async (args) => {
      const { exitCode, stdout, stderr } = await cli([...args, '--api-key', 'sk-canary0123456789']);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('Set DASHSCOPE_API_KEY instead.');
      expect(stdout + stderr).not.toContain('canary');
    },
  );
});
