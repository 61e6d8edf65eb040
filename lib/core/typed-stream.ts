import type { Duplex, Readable } from 'node:stream';

/** Arguments of an event that has none. A function with one is accepted too, such as the `resolve` of a promise. */
export type NoArguments = [nothing?: undefined];

/** Events of a Readable of Node.js whose chunks are `Item`s. */
export interface ReadableEvents<Item> {
  close: NoArguments;
  data: [item: Item];
  end: NoArguments;
  error: [error: Error];
  pause: NoArguments;
  readable: NoArguments;
  resume: NoArguments;
}

/** Events of a Duplex of Node.js whose readable chunks are `Item`s. */
export interface DuplexEvents<Item> extends ReadableEvents<Item> {
  drain: NoArguments;
  finish: NoArguments;
  pipe: [source: Readable];
  unpipe: [source: Readable];
}

/** The type of the chunks of a stream with these events. */
export type ItemOf<Events extends ReadableEvents<unknown>> = Events['data'][0];

/** The second signature of the iterators below: Node's own types take a stream for a pipeline only with this one. */
export type UntypedIterator = ReturnType<Readable[typeof Symbol.asyncIterator]>;

/** A listener for an event with these arguments. */
export type StreamListener<Arguments> = Arguments extends unknown[] ? (...args: Arguments) => void : never;

/** A Readable of Node.js with typed events and chunks. Only the names of its own events are accepted. */
export interface TypedReadable<Events extends ReadableEvents<unknown>> extends Readable {
  addListener<Name extends keyof Events & string>(event: Name, listener: StreamListener<Events[Name]>): this;
  on<Name extends keyof Events & string>(event: Name, listener: StreamListener<Events[Name]>): this;
  once<Name extends keyof Events & string>(event: Name, listener: StreamListener<Events[Name]>): this;
  prependListener<Name extends keyof Events & string>(
    event: Name,
    listener: StreamListener<Events[Name]>,
  ): this;
  prependOnceListener<Name extends keyof Events & string>(
    event: Name,
    listener: StreamListener<Events[Name]>,
  ): this;
  removeListener<Name extends keyof Events & string>(
    event: Name,
    listener: StreamListener<Events[Name]>,
  ): this;
  off<Name extends keyof Events & string>(event: Name, listener: StreamListener<Events[Name]>): this;
  [Symbol.asyncIterator](): NodeJS.AsyncIterator<ItemOf<Events>>;
  [Symbol.asyncIterator](): UntypedIterator;
}

/** A Duplex of Node.js with typed events and readable chunks. Only the names of its own events are accepted. */
export interface TypedDuplex<Events extends DuplexEvents<unknown>> extends Duplex {
  addListener<Name extends keyof Events & string>(event: Name, listener: StreamListener<Events[Name]>): this;
  on<Name extends keyof Events & string>(event: Name, listener: StreamListener<Events[Name]>): this;
  once<Name extends keyof Events & string>(event: Name, listener: StreamListener<Events[Name]>): this;
  prependListener<Name extends keyof Events & string>(
    event: Name,
    listener: StreamListener<Events[Name]>,
  ): this;
  prependOnceListener<Name extends keyof Events & string>(
    event: Name,
    listener: StreamListener<Events[Name]>,
  ): this;
  removeListener<Name extends keyof Events & string>(
    event: Name,
    listener: StreamListener<Events[Name]>,
  ): this;
  off<Name extends keyof Events & string>(event: Name, listener: StreamListener<Events[Name]>): this;
  [Symbol.asyncIterator](): NodeJS.AsyncIterator<ItemOf<Events>>;
  [Symbol.asyncIterator](): UntypedIterator;
}
