/** Time within which a browser starts to process sound, in ms. Firefox never does without a device for output. */
const START_MS = 5000;

/** The microphone of this browser. */
export class Microphone {
  #stream;
  #context;
  #input;
  #node;
  /** Resolves when the last chunk has arrived. */
  #ended;

  /** Whether the browser gives a microphone to this page: only to pages of this machine, and over HTTPS. */
  static get isAvailable() {
    return navigator.mediaDevices?.getUserMedia !== undefined;
  }

  /**
   * Asks the user for the microphone.
   * @param {() => void} onLost Called when it is unplugged or taken away.
   */
  async open(onLost) {
    this.#stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true },
    });
    try {
      this.#context = new AudioContext();
      await resumed(this.#context);
      await this.#context.audioWorklet.addModule('/captions/worklet.js');
      this.#input = this.#context.createMediaStreamSource(this.#stream);
      for (const track of this.#stream.getTracks()) track.addEventListener('ended', onLost);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Starts to call `onChunk` with chunks of 100 ms of mono 16-bit PCM. */
  async start(sampleRate, onChunk) {
    await this.#context.resume();
    this.#node = new AudioWorkletNode(this.#context, 'chunks', { processorOptions: { toRate: sampleRate } });
    this.#ended = new Promise((resolve) => {
      this.#node.port.addEventListener('message', ({ data }) => (data ? onChunk(data) : resolve()));
      this.#node.port.start();
    });
    // A node without a way to the output is not run. It is silent.
    this.#input.connect(this.#node).connect(this.#context.destination);
  }

  /** Stops the chunks. Resolves after the last one. */
  async stop() {
    const node = this.#node;
    if (!node) return;
    this.#node = undefined;
    node.port.postMessage('end', []);
    await this.#ended;
    this.#input.disconnect(node);
    node.disconnect();
  }

  /** Gives the microphone back. */
  async close() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    await this.#context?.close();
    this.#context = undefined;
  }
}

/** Resolves when sound is processed. @throws {DOMException} `TimeoutError` */
async function resumed(context) {
  await Promise.race([
    context.resume(),
    new Promise((_, reject) =>
      setTimeout(() => reject(new DOMException('the sound does not start', 'TimeoutError')), START_MS),
    ),
  ]);
}
