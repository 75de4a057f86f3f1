/**
 * The code on a card: drawn by this phone and drawn anew every thirty seconds, with or without a network, while its ring runs
 * out; or one that the server made, for fifty.
 *
 * What can be seen is one of the blocks `data-when` in the code's place: binding, unbound, code, online, wrong.
 */

import { RENEWAL } from '../../credentials/presentation.js';
import { say } from '../words.js';
import { challenge, clock, makeCode, pictureOf } from './code.js';

export class ShownCode {
  /** @param {HTMLElement} card the section that holds code, ring and the line below it */
  constructor(card) {
    this.card = card;
    this.place = card.querySelector('.card__code');
    this.live = card.querySelector('.card__live span');
    this.ring = card.querySelector('.ring .run');
    this.timer = 0;
    this.turn = 0;
    this.stop();
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.credential) this.tick().then(keepAwake);
    });
    addEventListener('hashchange', () => this.credential && this.redraw());
  }

  /** @param {string} what */
  show(what) {
    for (const block of this.place.querySelectorAll('[data-when]')) block.hidden = block.dataset.when !== what;
    this.card.dataset.shows = what;
  }

  /** @param {string} what */
  block(what) {
    return this.place.querySelector(`[data-when="${what}"]`);
  }

  /** Say why there is no code. @param {any} problem an answer, or what was thrown */
  fail(problem) {
    this.block('wrong').querySelector('p').textContent = say(problem?.status === 0 ? 'offline_bind' : 'bind_failed');
    this.show('wrong');
  }

  /**
   * Show a code that was just made, and go on making it.
   *
   * @param {{token: string}} credential
   * @param {CryptoKeyPair} key
   * @param {import('./code.js').Code} code
   */
  start(credential, key, code) {
    this.stop();
    this.credential = credential.token;
    this.key = key.privateKey;
    this.put(code);
    this.show('code');
    performance.mark('code-drawn');
    this.timer = setInterval(() => this.tick(), 1000);
    keepAwake();
  }

  stop() {
    clearInterval(this.timer);
    this.turn += 1;
    this.credential = null;
    this.key = null;
    this.drawnAt = 0;
  }

  put({ text, picture, drawnAt }) {
    const block = this.block('code');
    block.innerHTML = picture;
    block.dataset.text = text;
    this.drawnAt = drawnAt;
    document.getElementById('challenged').hidden = challenge() === null;
  }

  async redraw() {
    const { credential } = this;
    const code = await makeCode(credential, this.key);
    // Meanwhile somebody else's code may have been asked for.
    if (this.credential === credential) this.put(code);
  }

  async tick() {
    if (document.hidden) return;
    if (clock.now - this.drawnAt >= RENEWAL) await this.redraw();
    if (!this.credential) return;
    const left = Math.ceil(RENEWAL - (clock.now - this.drawnAt));
    this.ring?.setAttribute('stroke-dashoffset', String(100 - (100 * left) / RENEWAL));
    this.live.textContent = say('renews', { seconds: left });
  }

  /**
   * Show a code that the server makes, for a browser that can't keep a key, and ask for the next when it has run out.
   *
   * @param {() => Promise<{body: {presentation: string, expires_at: string}}>} fetchCode
   */
  async online(fetchCode) {
    this.stop();
    const { turn } = this;
    this.show('binding');
    let issued = null;
    try {
      issued = (await fetchCode()).body;
    } catch (problem) {
      if (turn === this.turn) this.fail(problem);
      return;
    }
    // Meanwhile another code may have been asked for.
    if (turn !== this.turn) return;
    const picture = this.block('online').querySelector('.picture');
    picture.innerHTML = pictureOf(issued.presentation);
    picture.dataset.text = issued.presentation;
    this.show('online');
    const until = Date.parse(issued.expires_at);
    this.timer = setInterval(() => {
      const left = Math.ceil((until - Date.now()) / 1000);
      this.live.textContent = say('online_left', { seconds: Math.max(0, left) });
      if (left <= 0) this.online(fetchCode);
    }, 1000);
  }
}

function keepAwake() {
  if (document.visibilityState === 'visible') navigator.wakeLock?.request('screen').catch(() => {});
}
