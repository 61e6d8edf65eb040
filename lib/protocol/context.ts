import { anyObject, type Rule } from '../core/options.ts';

/**
 * One message of the context of a recognition, in the shape of the service: what the user said, or words of the subject
 * (`user`), or a reply to it (`assistant`).
 */
export type ContextMessage =
  | {
      readonly role: 'user';
      readonly content: readonly { readonly type: 'input_text'; readonly text: string }[];
    }
  | {
      readonly role: 'assistant';
      readonly content: readonly { readonly type: 'text'; readonly text: string }[];
    };

/** Context of a recognition: a text, which is one message of the user, or messages in the order of the conversation. */
export type RecognitionContext = string | readonly ContextMessage[];

/**
 * The service keeps the newest 5 texts of each type, and cuts each round off after 400 characters. The client refuses more,
 * so that nothing is lost in silence. Source: the official pages of the client events (September 2026).
 */
const MAX_TEXTS = 5;
const MAX_ROUND_CHARACTERS = 400;

/** The type of a text, by the role of its message. */
const TEXT_TYPES: Readonly<Record<string, ContextMessage['content'][number]['type']>> = {
  user: 'input_text',
  assistant: 'text',
};

/** The rule of {@link RecognitionContext}. */
export const contextRule: Rule = (value) => {
  if (typeof value === 'string') return value.trim() === '' ? NOT_CONTEXT : checkRounds([value]);
  if (!Array.isArray(value) || value.length === 0) return NOT_CONTEXT;
  const messages = value as readonly unknown[];
  return messages.map(checkMessage).find(Boolean) ?? checkOrder(value as readonly ContextMessage[]);
};

const NOT_CONTEXT = 'must be a text that is not empty, or an array of messages with role and content';

/** The context as messages of the protocol. */
export function contextMessages(context: RecognitionContext): readonly ContextMessage[] {
  if (typeof context !== 'string') return context;
  return [{ role: 'user', content: [{ type: 'input_text', text: context }] }];
}

function checkMessage(message: unknown): string | undefined {
  const { role, content } = anyObject(message) ? {} : (message as Partial<ContextMessage>);
  if (typeof role !== 'string' || !Object.hasOwn(TEXT_TYPES, role)) {
    return 'must be messages with the role user or assistant';
  }
  const texts: readonly unknown[] = Array.isArray(content) ? content : [];
  const type = TEXT_TYPES[role];
  const isValid = texts.every((text) => {
    const part = Object(text) as { readonly type?: unknown; readonly text?: unknown };
    return part.type === type && typeof part.text === 'string' && part.text.trim() !== '';
  });
  if (texts.length > 0 && isValid) return undefined;
  return `must be messages whose content is an array of texts: {"type":"${type}","text":"…"} for the role ${role}`;
}

/** A round is a message of the user and the reply to it. */
function checkOrder(messages: readonly ContextMessage[]): string | undefined {
  for (const [role, type] of Object.entries(TEXT_TYPES)) {
    const count = messages
      .filter((message) => message.role === role)
      .reduce((sum, { content }) => sum + content.length, 0);
    if (count > MAX_TEXTS) return `must be at most ${MAX_TEXTS} texts of the type ${type}, not ${count}`;
  }
  const rounds: string[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    const text = content.map((part) => part.text).join('');
    if (role === 'user') rounds.push(text);
    else if (messages[index - 1]?.role === 'user') rounds.push(`${rounds.pop() ?? ''}${text}`);
    else
      return 'must be in the order of the conversation: each message of the assistant follows one of the user';
  }
  return checkRounds(rounds);
}

function checkRounds(rounds: readonly string[]): string | undefined {
  const lengths = rounds.map((text) => Array.from(text).length);
  const index = lengths.findIndex((length) => length > MAX_ROUND_CHARACTERS);
  if (index < 0) return undefined;
  const where = rounds.length > 1 ? ` as in round ${index + 1}` : '';
  return `must be at most ${MAX_ROUND_CHARACTERS} characters in each round (user and reply), not ${lengths[index]}${where}`;
}
