/** Something that no client should send. */
export interface Garbage {
  readonly name: string;
  /** Whether it comes after the upgrade, or instead of it. @default true */
  readonly opens?: boolean;
  /** Whether the answers are read. @default true */
  readonly reads?: boolean;
  readonly bytes: string | Buffer | ((port: number) => string);
  /** The close code that it leads to. */
  readonly code?: number;
  /** The HTTP status that it leads to. */
  readonly status?: number;
}

export const GARBAGE: readonly Garbage[];
