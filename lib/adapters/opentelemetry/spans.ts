import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import { messageOf } from '../../core/errors.ts';
import type { Diagnostics } from '../../recognition/events/diagnostics.ts';
import { engineAttributes, errorType, outcomeAttributes, serverAttributes } from './attributes.ts';
import { api } from './load-api.ts';

/** The span of a recognition, and those of its tasks by their ids. */
interface OpenRecognition {
  readonly span: Span;
  readonly tasks: Map<string, Span>;
}

/** Makes spans of recordings, of their recognitions, and of the tasks and connections of these. */
export class SpanRecorder {
  readonly #tracer: Tracer;
  readonly #recordings = new Map<number, Span>();
  readonly #recognitions = new Map<number, OpenRecognition>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  recording(message: Diagnostics['recording']): void {
    const { recordingId, state, input, sentences, durationMs, error } = message;
    if (state === 'started') {
      const attributes = { 'fun_asr.recording.input': input };
      this.#recordings.set(recordingId, this.#tracer.startSpan('fun_asr.recording', { attributes }));
      return;
    }
    const span = this.#recordings.get(recordingId);
    this.#recordings.delete(recordingId);
    span?.setAttributes({
      ...outcomeAttributes(message),
      ...(durationMs !== undefined && { 'fun_asr.recording.duration': durationMs / 1000 }),
      ...(sentences !== undefined && { 'fun_asr.recording.sentences': sentences }),
    });
    end(span, state === 'failed', error);
  }

  recognition(message: Diagnostics['recognition']): void {
    const { recognitionId, recordingId, state, metrics, error } = message;
    if (state === 'started') {
      const parent = recordingId === undefined ? undefined : this.#recordings.get(recordingId);
      const attributes = engineAttributes(message);
      const span = this.#start('fun_asr.recognition', parent, attributes);
      this.#recognitions.set(recognitionId, { span, tasks: new Map() });
      return;
    }
    const open = this.#recognitions.get(recognitionId);
    this.#recognitions.delete(recognitionId);
    // Those of a stage that was destroyed.
    for (const task of open?.tasks.values() ?? []) task.end();
    open?.span.setAttributes({
      ...outcomeAttributes(message),
      ...(metrics && {
        'fun_asr.tasks': metrics.tasks,
        'fun_asr.audio.sent': metrics.sentMs / 1000,
        'fun_asr.audio.resent': metrics.resentMs / 1000,
        'fun_asr.billed': message.engine === 'cloud' ? metrics.billedSeconds : 0,
      }),
    });
    end(open?.span, state === 'failed', error);
  }

  connection({ recognitionId, connectionId, url, isReused, openedInMs }: Diagnostics['connection']): void {
    const open = this.#recognitions.get(recognitionId);
    if (!open) return;
    const attributes = { ...serverAttributes(url), 'fun_asr.connection.id': connectionId };
    open.span.setAttributes(serverAttributes(url));
    if (isReused) open.span.addEvent('fun_asr.connection.reused', attributes);
    else this.#start('fun_asr.connect', open.span, attributes, Date.now() - openedInMs).end();
  }

  task({ recognitionId, requestId, connectionId, state, fromMs, toMs }: Diagnostics['task']): void {
    const open = this.#recognitions.get(recognitionId);
    if (!open) return;
    if (state === 'started') {
      const attributes = {
        'fun_asr.request_id': requestId,
        'fun_asr.connection.id': connectionId,
        'fun_asr.audio.from': fromMs / 1000,
      };
      open.tasks.set(requestId, this.#start('fun_asr.task', open.span, attributes));
      return;
    }
    const span = open.tasks.get(requestId);
    open.tasks.delete(requestId);
    span?.setAttributes({ 'fun_asr.audio.to': toMs / 1000, 'fun_asr.outcome': state });
    end(span, state === 'failed');
  }

  reconnect({ recognitionId, reason, attempt, delayMs, resentMs }: Diagnostics['reconnect']): void {
    this.#recognitions.get(recognitionId)?.span.addEvent('fun_asr.reconnect', {
      'error.type': errorType(reason),
      'error.message': reason.message,
      'fun_asr.attempt': attempt,
      'fun_asr.delay': delayMs / 1000,
      'fun_asr.audio.resent': resentMs / 1000,
    });
  }

  gap({ recognitionId, begin_time, end_time, reason }: Diagnostics['gap']): void {
    this.#recognitions.get(recognitionId)?.span.addEvent('fun_asr.gap', {
      'error.type': errorType(reason),
      'error.message': reason.message,
      'fun_asr.audio.from': begin_time / 1000,
      'fun_asr.audio.to': end_time / 1000,
    });
  }

  /** Ends all spans that are open. */
  close(): void {
    for (const { span, tasks } of this.#recognitions.values()) {
      for (const task of tasks.values()) task.end();
      span.end();
    }
    for (const span of this.#recordings.values()) span.end();
    this.#recognitions.clear();
    this.#recordings.clear();
  }

  /** Starts a span below another one, else below that of the caller of the recognition. */
  #start(name: string, parent: Span | undefined, attributes: Attributes, startTime?: number): Span {
    const { context, SpanKind, trace } = api;
    const active = context.active();
    const options = {
      kind: name === 'fun_asr.recognition' ? SpanKind.INTERNAL : SpanKind.CLIENT,
      attributes,
      ...(startTime !== undefined && { startTime }),
    };
    return this.#tracer.startSpan(name, options, parent ? trace.setSpan(active, parent) : active);
  }
}

function end(span: Span | undefined, isFailed: boolean, error?: unknown): void {
  if (isFailed) {
    const message = error === undefined ? {} : { message: messageOf(error) };
    span?.setStatus({ code: api.SpanStatusCode.ERROR, ...message });
  }
  span?.end();
}
