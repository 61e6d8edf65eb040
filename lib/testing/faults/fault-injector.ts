import type { IncomingMessage } from 'node:http';
import { SERVICE_CODES } from '../../protocol/errors/service-codes.ts';
import type { Rejection } from '../../service/admission.ts';
import type { SessionParts, Interceptor } from '../../service/session/interceptor.ts';
import { tapEngine } from '../engine/engine-tap.ts';
import { FaultSchedule } from './fault-schedule.ts';
import { type Fault, FAULTS, type Occasion } from './faults.ts';
import { FaultyLink } from './faulty-link.ts';

/** A fault that has happened. */
export interface FiredFault {
  readonly fault: Fault;
  /** Which connection it struck, from 1; upgrades that were refused count, too. */
  readonly connection: number;
  /** Audio that the service had received in all, in ms. */
  readonly audioMs: number;
}

/** Codes that go with HTTP statuses; what is not here is the client's fault. */
const CODES: Readonly<Record<number, string>> = {
  401: SERVICE_CODES.invalidApiKey,
  403: SERVICE_CODES.accessDenied,
  404: SERVICE_CODES.notFound,
  429: SERVICE_CODES.rateQuota,
  500: SERVICE_CODES.internalError,
  502: SERVICE_CODES.internalError,
  503: SERVICE_CODES.serviceUnavailable,
  504: SERVICE_CODES.internalError,
};

/** Lets the faults of a schedule happen to the clients of a service. */
export class FaultInjector implements Interceptor {
  readonly #schedule: FaultSchedule;
  readonly #onFired: (fired: FiredFault) => void;
  #connections = 0;

  constructor(faults: readonly Fault[], onFired: (fired: FiredFault) => void) {
    this.#schedule = new FaultSchedule(faults);
    this.#onFired = onFired;
  }

  get pending(): readonly Fault[] {
    return this.#schedule.pending;
  }

  admit(_request: IncomingMessage): Rejection | 'ignore' | undefined {
    this.#connections += 1;
    const fault = this.#take('upgrade', this.#connections);
    if (!fault) return undefined;
    return fault.kind === 'refuse' ? refusal(fault) : 'ignore';
  }

  connect({ link, engine }: SessionParts): SessionParts {
    const connection = this.#connections;
    const faulty = new FaultyLink(link, (occasion) => this.#take(occasion, connection));
    return {
      link: faulty,
      engine: tapEngine(engine, (ms) => {
        if (faulty.isDead) return false;
        this.#schedule.receive(ms);
        faulty.strike();
        return true;
      }),
    };
  }

  #take(occasion: Occasion, connection: number): Fault | undefined {
    const fault = this.#schedule.take(occasion);
    if (fault) this.#onFired({ fault, connection, audioMs: this.#schedule.audioMs });
    return fault;
  }
}

function refusal({ what = FAULTS.refuse.what?.default, forMs }: Fault): Rejection {
  const status = Number(what);
  return {
    status,
    code: CODES[status] ?? SERVICE_CODES.invalidParameter,
    message: 'The connection was made to fail.',
    ...(forMs !== undefined && { retryAfter: Math.ceil(forMs / 1000) }),
  };
}
