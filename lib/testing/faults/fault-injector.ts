import type { IncomingMessage } from 'node:http';
import { SERVICE_CODES } from '../../protocol/errors/service-codes.ts';
import type { Rejection } from '../../service/admission.ts';
import type { Interceptor, SessionParts } from '../../service/session/interceptor.ts';
import { interceptAudio } from '../engine/intercept-audio.ts';
import { type Fault, FAULTS, type FaultTrigger } from './fault-kinds.ts';
import { FaultSchedule } from './fault-schedule.ts';
import { FaultyLink } from './faulty-link.ts';

/** A fault that has fired. */
export interface FiredFault {
  readonly fault: Fault;
  /** Number of the affected connection, from 1. Refused upgrade requests are counted. */
  readonly connection: number;
  /** Audio that the service had received in total, in ms. */
  readonly audioMs: number;
}

/** The error code in the body of a refusal, by HTTP status. Any other status gets `InvalidParameter`. */
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

/** Injects the faults of a schedule into the connections of a service. */
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
    return fault.kind === 'refuse' ? toRejection(fault) : 'ignore';
  }

  connect({ link, engine }: SessionParts): SessionParts {
    const connection = this.#connections;
    const faulty = new FaultyLink(link, (trigger) => this.#take(trigger, connection));
    return {
      link: faulty,
      engine: interceptAudio(engine, (audioMs) => {
        if (faulty.isDead) return false;
        this.#schedule.addAudio(audioMs);
        faulty.applyDueFaults();
        return true;
      }),
    };
  }

  #take(trigger: FaultTrigger, connection: number): Fault | undefined {
    const fault = this.#schedule.take(trigger);
    if (fault) this.#onFired({ fault, connection, audioMs: this.#schedule.audioMs });
    return fault;
  }
}

function toRejection({ parameter = FAULTS.refuse.parameter?.default, durationMs }: Fault): Rejection {
  const status = Number(parameter);
  return {
    status,
    code: CODES[status] ?? SERVICE_CODES.invalidParameter,
    message: 'This failure was injected by the test service.',
    ...(durationMs !== undefined && { retryAfterSeconds: Math.ceil(durationMs / 1000) }),
  };
}
