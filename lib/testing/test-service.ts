import {
  callback,
  checkOptions,
  integer,
  pick,
  type Rule,
  anyObject,
  checkArgument,
} from '../core/options.ts';
import { type Service, type ServiceOptions, startService } from '../service/service.ts';
import type { Interceptor } from '../service/session/interceptor.ts';
import type { Script } from './audio/script.ts';
import { exactEngine } from './engine/exact-engine.ts';
import { FaultInjector, type FiredFault } from './faults/fault-injector.ts';
import type { Fault } from './faults/fault-kinds.ts';
import { parseFaults } from './faults/fault-spec.ts';
import { randomFaults } from './faults/random-faults.ts';
import { ServiceLog } from './service-log.ts';

/** Options of {@link startTestService}. */
export interface TestServiceOptions extends Omit<ServiceOptions, 'engine' | 'interceptor'> {
  /** The engine that recognises the audio. The service does not close it. @default an `exactEngine` */
  readonly engine?: ServiceOptions['engine'] | undefined;
  /** The script whose texts the default engine uses. */
  readonly script?: Script | undefined;
  /**
   * The faults to inject: a list, its text form (see `parseFaults`), or `random` for a schedule by `randomFaults`.
   * @default none
   */
  readonly faults?: string | readonly Fault[] | undefined;
  /** Seed of `random` faults. @default 1 */
  readonly seed?: number | undefined;
  /** Called with each fault when it fires. */
  readonly onFault?: ((fired: FiredFault) => void) | undefined;
  /** Port to listen on; 0 selects a free one. @default 0 */
  readonly port?: number | undefined;
}

/** A running test service. */
export interface TestService extends Service, AsyncDisposable {
  /** Connections, tasks and faults so far. */
  readonly log: ServiceLog;
  /** The complete schedule of faults. */
  readonly faults: readonly Fault[];
  /** The faults that have not fired yet, the next one first. */
  readonly pending: readonly Fault[];
}

const anything: Rule = () => undefined;
const OWN_RULES = {
  script: anything,
  faults: ((value) =>
    typeof value === 'string' || Array.isArray(value)
      ? undefined
      : 'must be a text or a list of faults') as Rule,
  seed: integer(0, 2 ** 32 - 1),
  onFault: callback,
};

/**
 * Starts a service on this machine that speaks the Fun-ASR protocol, recognises self-describing audio exactly and injects
 * faults. Many can run in one process. Faults depend on the audio received and never on the clock, so the same client
 * meets the same faults in each run.
 * @throws {FunAsrError} `E_OPTION`, `E_PORT`
 */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  checkArgument('startTestService', 'the options', options, anyObject);
  const { script, faults: spec = [], seed = 1, onFault, engine, ...serviceOptions } = options;
  checkOptions('startTestService', pick(options, OWN_RULES), OWN_RULES);
  const faults = toSchedule(spec, seed);
  const log = new ServiceLog();
  const injector = new FaultInjector(faults, (fired) => {
    log.add(fired);
    onFault?.(fired);
  });
  const service = await startService({
    ...serviceOptions,
    port: options.port ?? 0,
    engine: engine ?? exactEngine({ script }),
    interceptor: chain(log, injector),
  });
  return {
    ...service,
    log,
    faults,
    get pending() {
      return injector.pending;
    },
    [Symbol.asyncDispose]: () => service.close(),
  };
}

function toSchedule(faults: string | readonly Fault[], seed: number): readonly Fault[] {
  if (typeof faults !== 'string') return faults;
  return faults === 'random' ? randomFaults(seed) : parseFaults(faults);
}

/** Combines two interceptors. The outer one is nearer to the client. */
function chain(outer: Interceptor, inner: Interceptor): Interceptor {
  return {
    admit: (request) => outer.admit?.(request) ?? inner.admit?.(request),
    connect(parts) {
      const outerParts = outer.connect?.(parts) ?? parts;
      return inner.connect?.(outerParts) ?? outerParts;
    },
  };
}
