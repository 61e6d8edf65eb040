import type { ClientMessage, Link } from '../../service/session/link.ts';

/** A link that forwards all calls to another one. Subclasses override what differs. */
export class ForwardingLink implements Link {
  protected readonly link: Link;

  constructor(link: Link) {
    this.link = link;
  }

  onMessage(take: (message: ClientMessage) => void): void {
    this.link.onMessage(take);
  }

  onClose(end: () => void): void {
    this.link.onClose(end);
  }

  send(message: string | Buffer, written: () => void): void {
    this.link.send(message, written);
  }

  pause(): void {
    this.link.pause();
  }

  resume(): void {
    this.link.resume();
  }

  close(code: number): void {
    this.link.close(code);
  }

  destroy(): void {
    this.link.destroy();
  }

  reset(): void {
    this.link.reset();
  }
}
