/** The camera and pictures: finds QR codes with zxing-wasm, which only this module loads. */

import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { codesOf, OPTIONS } from './camera_codes.js';

const PAUSE = 80;
const LARGEST = 1280;
let prepared = null;

function prepare(wasm) {
  prepared ??= prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return prepared;
}

/** Read the code of a picture, a card's before any other. @param {Blob} file @param {string} wasm @returns {Promise<string | null>} */
export async function readImage(file, wasm) {
  await prepare(wasm);
  const codes = await codesOf(await readBarcodes(file, OPTIONS));
  return (codes.find((one) => one.isOurs) ?? codes[0])?.text ?? null;
}

export class Camera {
  /** @param {HTMLVideoElement} video @param {string} wasm @param {(codes: import('./camera_watch.js').Code[], at: number) => void} onFrame */
  constructor(video, wasm, onFrame) {
    this.video = video;
    this.wasm = wasm;
    this.onFrame = onFrame;
    this.stream = null;
    this.canvas = new OffscreenCanvas(1, 1);
  }

  async start() {
    if (this.stream) return;
    const ready = prepare(this.wasm);
    const wish = { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 960 } };
    this.stream = await navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
    this.video.srcObject = this.stream;
    await this.video.play();
    await ready;
    this.look();
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  async look() {
    while (this.stream) {
      if (!document.hidden && this.video.videoWidth > 0) {
        const at = performance.now();
        const found = await readBarcodes(this.frame(), OPTIONS);
        this.onFrame(await codesOf(found), at);
      }
      await new Promise((resolve) => {
        setTimeout(resolve, PAUSE);
      });
    }
  }

  frame() {
    const scale = Math.min(1, LARGEST / this.video.videoWidth);
    const [width, height] = [Math.round(this.video.videoWidth * scale), Math.round(this.video.videoHeight * scale)];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const context = this.canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(this.video, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  }
}
