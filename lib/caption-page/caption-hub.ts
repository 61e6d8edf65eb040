import { createHash } from 'node:crypto';
import { CaptionSession } from './caption-session.ts';
import type { ScreenSize } from './page-messages.ts';
import type { Viewer } from './viewer.ts';

/** Sessions without any page that are kept, so that a page can return to its own. */
const MAX_UNUSED_SESSIONS = 20;

/** All sessions of a caption page. */
export class CaptionHub {
  /** By name, the newest last. */
  readonly #sessions = new Map<string, CaptionSession>();
  /** The session of the newest source. */
  #current: CaptionSession | undefined;
  /** Viewers that show whatever session is the current one. */
  readonly #followers = new Map<Viewer, ScreenSize>();

  /**
   * The session of a source. Its name is derived from the secret of the source, so that viewers, which know the name, cannot
   * send audio to it.
   */
  sessionOf(secret: string): CaptionSession {
    const name = createHash('sha256').update(secret).digest('hex').slice(0, 32);
    return this.sessionNamed(name);
  }

  /** The session with a name. A viewer may come before its source: after a restart of the server. */
  sessionNamed(name: string): CaptionSession {
    const session = this.#sessions.get(name) ?? new CaptionSession(name);
    this.#sessions.delete(name);
    this.#sessions.set(name, session);
    this.#dropUnused(session);
    return session;
  }

  /** Makes a session the one that viewers see who name none. */
  setCurrent(session: CaptionSession): void {
    if (this.#current === session) return;
    for (const [viewer, size] of this.#followers) {
      this.#current?.leave(viewer);
      viewer.send({ type: 'ready', session: session.name });
      viewer.showAgain(size, [], []);
      session.join(viewer, size, 0);
    }
    this.#current = session;
  }

  /** Shows the current session to a viewer, and each one that becomes the current one later. */
  follow(viewer: Viewer, size: ScreenSize): void {
    this.#followers.set(viewer, size);
    if (!this.#current) return;
    viewer.send({ type: 'ready', session: this.#current.name });
    this.#current.join(viewer, size, 0);
  }

  /** A follower has another size, or is gone. */
  resizeFollower(viewer: Viewer, size: ScreenSize): void {
    this.#followers.set(viewer, size);
    this.#current?.resize(viewer, size);
  }

  unfollow(viewer: Viewer): void {
    this.#followers.delete(viewer);
    this.#current?.leave(viewer);
  }

  #dropUnused(kept: CaptionSession): void {
    const unused = [...this.#sessions.values()].filter((session) => session.isUnused && session !== kept);
    for (const session of unused.slice(0, Math.max(0, unused.length - MAX_UNUSED_SESSIONS))) {
      this.#sessions.delete(session.name);
    }
  }
}
