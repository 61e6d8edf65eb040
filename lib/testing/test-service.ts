import { callback, checkOptions, integer, pick, type Rule } from '../core/options.ts';
import type { Engine } from '../service/engine.ts';
import type { Interceptor } from '../service/session/interceptor.ts';
import { type Service, type ServiceOptions, startService } from '../service/service.ts';
import { exactEngine } from './engine/exact-engine.ts';
import { FaultInjector, type FiredFault } from './faults/fault-injector.ts';
import { parseFaults } from './faults/fault-spec.ts';
import type { Fault } from './faults/fault-kinds.ts';
import { randomFaults } from './faults/random-faults.ts';
import type { Script } from './audio/script.ts';
import { ServiceLog } from './service-log.ts';

/** Options of {@link startTestService}. */
export interface TestServiceOptions extends Omit<ServiceOptions, 'engine' | 'interceptor'> {
  /** What recognises; the service does not close it. @default an `exactEngine` */
  readonly engine?: Engine | undefined;
  /** Gives the sentences of the exact engine their texts. */
  readonly script?: Script | undefined;
  /**
   * What goes wrong, as a schedule or as its text (see `parseFaults`); `random` is one of `randomFaults`.
   * @default nothing
   */
  readonly faults?: string | readonly Fault[] | undefined;
  /** What `random` faults are made from. @default 1 */
  readonly seed?: number | undefined;
  /** Told of each fault when it happens. */
  readonly onFault?: ((fired: FiredFault) => void) | undefined;
  /** 0 takes any that is free. @default 0 */
  readonly port?: number | undefined;
}

/** A test service that is running. */
export interface TestService extends Service, AsyncDisposable {
  /** What has happened so far. */
  readonly log: ServiceLog;
  /** The schedule that it was started with. */
  readonly faults: readonly Fault[];
  /** The faults that have not happened, the next one first. */
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
 * Starts a service on this machine that speaks the protocol of Fun-ASR, recognises self-describing audio exactly, and lets
 * go wrong what it is told to. Many can run in one process. What goes wrong depends on the audio received and never on
 * the clock: the same client meets the same faults.
 * @throws {FunAsrError} `E_OPTION`, `E_PORT`
 */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const { script, faults: wanted = [], seed = 1, onFault, engine, ...serviceOptions } = options;
  checkOptions('startTestService', pick(options, OWN_RULES), OWN_RULES);
  const faults = schedule(wanted, seed);
  const log = new ServiceLog();
  const injector = new FaultInjector(faults, (fired) => {
    log.add(fired);
    onFault?.(fired);
  });
  const service = await startService({
    ...serviceOptions,
    port: options.port ?? 0,
    engine: engine ?? exactEngine({ script }),
    interceptor: inTurn(log, injector),
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

function schedule(faults: string | readonly Fault[], seed: number): readonly Fault[] {
  if (typeof faults !== 'string') return faults;
  return faults === 'random' ? randomFaults(seed) : parseFaults(faults);
}

/** One interceptor of two: the first one is next to the client. */
function inTurn(outer: Interceptor, inner: Interceptor): Interceptor {
  return {
    admit: (request) => outer.admit?.(request) ?? inner.admit?.(request),
    connect(connection) {
      const between = outer.connect?.(connection) ?? connection;
      return inner.connect?.(between) ?? between;
    },
  };
}
