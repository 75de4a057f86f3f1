/**
 * Keys at a desk, where a scanner is a second keyboard: a small machine that knows neither page nor clock.
 *
 * A scanner presses and lets go; it never holds. So whatever is typed is text, and an act (a shortcut, a redemption by
 * Enter on its button) is a key that is HELD alone for `HOLD`: no speed, suffix, prefix, pause or control character of a
 * scan can be one. Text is a card's code as soon as its prefix is in it, wherever the focus is.
 *
 * Every method takes the moment in milliseconds and gives `{consume, out}`: whether the page must not see the key, and what
 * happened: `scan` (the readings of what was typed, likeliest first), `check` (is one of these whole already?), `rescue` (a
 * scan has begun in a field, whose content must be put back), `holding`, `released`, `act`, `tapped`.
 */

import { cardText, letterAt, mayBegin, visible } from './scan_text.js';

/** Milliseconds that a key must be held, well above the slowest scanner's whole keystroke. */
export const HOLD = 600;
/** So much of a hold is believed for each look at it: while the page was busy, the key may have been let go unheard. */
export const LOOK = 100;
/** After so long a pause a text is looked at: is it whole? */
export const PAUSE = 250;
/** After so long a pause a text that is no card's is over. */
export const QUIET = 700;
/** After so long a pause nothing more of a card's code is expected. */
export const GIVE_UP = 4000;
/** A text that is no card's is a scan from so many characters on; below, a hand has slipped. */
const LEAST = 6;

/**
 * @typedef {object} Key
 * @property {string} key
 * @property {string} code
 * @property {boolean} [shift] @property {boolean} [ctrl] @property {boolean} [alt] @property {boolean} [meta]
 * @property {boolean} [repeat]
 * @property {'page' | 'text' | 'choice' | 'button' | 'deliberate'} place what has the focus
 */

export class ScanIntake {
  constructor() {
    this.last = -Infinity;
    this.held = null;
    this.altDigits = '';
    /** An act was done by a key that is still down: its repetitions belong to nobody. */
    this.acted = false;
    this.#clear();
  }

  #clear() {
    this.byKey = '';
    this.byPlace = '';
    this.seen = ['', '', []];
    this.checkedAt = Infinity;
    this.rescued = false;
    this.inField = false;
  }

  get isEmpty() {
    return this.byKey === '' && this.byPlace === '';
  }

  /** The readings of what was typed in which a card's code begins. */
  get readings() {
    const [byKey, byPlace] = this.seen;
    if (byKey !== this.byKey || byPlace !== this.byPlace) {
      const found = [cardText(this.byKey), cardText(this.byPlace)].filter((one) => one !== null);
      this.seen = [this.byKey, this.byPlace, [...new Set(found)]];
    }
    return this.seen[2];
  }

  /** Whether a scan may be under way or has just been. @param {number} at */
  isRecent(at) {
    return !this.isEmpty || at - this.last < GIVE_UP;
  }

  /** When to call `tick` next. */
  get deadline() {
    const due = [];
    if (this.held) due.push(this.held.seen + LOOK);
    if (!this.isEmpty) {
      if (this.readings.length > 0) due.push(this.checkedAt === this.last ? this.last + GIVE_UP : this.last + PAUSE);
      else due.push(this.last + (mayBegin(this.byKey) || mayBegin(this.byPlace) ? GIVE_UP : QUIET));
    }
    return Math.min(...due);
  }

  /** @param {Key} key @param {number} at */
  down(key, at) {
    const out = this.tick(at).out;
    if (key.repeat) return { consume: this.acted || (key.place !== 'text' && isTyped(key)), out };
    this.acted = false;
    out.push(...this.#release());
    if (key.alt && /^Numpad\d$/.test(key.code)) {
      this.altDigits += key.code[6];
      if (!this.isEmpty) this.last = at;
      return { consume: true, out };
    }
    if (key.ctrl || key.alt || key.meta) return this.#control(key, at, out);
    if (key.key === 'Enter' || key.key === 'Tab') return this.#end(key, at, out);
    if (key.key === 'Escape') {
      if (this.isEmpty) out.push(...this.#hold('Escape', at, key.place));
      return { consume: true, out };
    }
    const typed = typedBy(key);
    if (typed.byKey === '' && typed.byPlace === '') return { consume: false, out };
    return this.#letter(key, typed, at, out);
  }

  #letter(key, typed, at, out) {
    const first = this.isEmpty;
    if (first && key.code === 'Space' && key.place !== 'text') return this.#space(key, at, out);
    this.byKey += typed.byKey;
    this.byPlace += typed.byPlace;
    this.inField ||= key.place === 'text';
    this.last = at;
    this.checkedAt = Infinity;
    if (first && key.code && key.place !== 'text') out.push(...this.#hold((typed.byPlace || typed.byKey).toLowerCase(), at, key.place));
    if (this.readings.length > 0 && this.inField && !this.rescued) {
      this.rescued = true;
      out.push({ kind: 'rescue' });
    }
    return { consume: key.place !== 'text' || this.rescued, out };
  }

  #space(key, at, out) {
    if (key.place === 'deliberate') out.push(...this.#hold('Enter', at, key.place));
    return { consume: key.place === 'deliberate' || key.place === 'page' || at - this.last < GIVE_UP, out };
  }

  #end(key, at, out) {
    if (!this.isEmpty) {
      const isText = this.inField && this.readings.length === 0;
      const consume = !isText;
      out.push(...(isText ? this.#drop() : this.#finish()));
      return { consume, out };
    }
    const justScanned = at - this.last < GIVE_UP;
    if (key.key === 'Tab') return { consume: justScanned, out };
    if (key.place === 'deliberate' && !justScanned) out.push(...this.#hold('Enter', at, key.place));
    return { consume: key.place === 'deliberate' || (justScanned && key.place !== 'text'), out };
  }

  /** Control characters come as keys with Ctrl: they end a text (CR, LF, HT) or are left out of it. */
  #control(key, at, out) {
    if (this.isEmpty || key.meta) return { consume: false, out };
    if (key.ctrl && ['KeyM', 'KeyJ', 'KeyI'].includes(key.code)) return this.#end({ ...key, key: 'Enter' }, at, out);
    if (!isModifier(key)) this.last = at;
    return { consume: !isModifier(key) && this.readings.length > 0, out };
  }

  /** @param {Key} key @param {number} at */
  up(key, at) {
    const out = this.tick(at).out;
    out.push(...this.#release());
    if (key.key === 'Alt' && this.altDigits !== '') {
      const letter = String.fromCharCode(Number(this.altDigits) & 0xff);
      this.altDigits = '';
      if (letter === '\r' || letter === '\n' || letter === '\t') return this.#end({ ...key, key: 'Enter' }, at, out);
      this.#letter({ ...key, code: '' }, { byKey: letter, byPlace: letter }, at, out);
    }
    return { consume: false, out };
  }

  /** Text that reached a field without keys that say which, as from an input method. @param {string} value @param {number} at */
  typed(value, at) {
    const out = this.tick(at).out;
    if (cardText(value) === null || (this.readings[0] ?? '').length > cardText(value).length) return { consume: false, out };
    Object.assign(this, { byKey: value, last: at, checkedAt: Infinity, inField: true });
    return { consume: false, out };
  }

  /** The window lost the keyboard. */
  leave() {
    this.altDigits = '';
    return { consume: false, out: this.#release() };
  }

  /** The answer to `check`. @param {boolean} whole */
  checked(whole) {
    return { consume: false, out: whole ? this.#finish() : [] };
  }

  /** @param {number} at */
  tick(at) {
    const out = [];
    if (this.#isHeld(at)) {
      const { name, place } = this.held;
      this.held = null;
      this.acted = true;
      this.#clear();
      // What began as a letter was an act; nothing of it is text, and nothing of it ends one.
      this.last = -Infinity;
      out.push({ kind: 'act', name, place });
    }
    if (this.isEmpty) return { consume: false, out };
    const quiet = at - this.last;
    if (this.readings.length > 0) {
      if (quiet >= GIVE_UP) out.push(...this.#finish());
      else if (quiet >= PAUSE && this.checkedAt !== this.last) {
        this.checkedAt = this.last;
        out.push({ kind: 'check', texts: this.readings });
      }
    } else if (quiet >= (mayBegin(this.byKey) || mayBegin(this.byPlace) ? GIVE_UP : QUIET)) {
      out.push(...(this.inField ? this.#drop() : this.#finish()));
    }
    return { consume: false, out };
  }

  #finish() {
    const texts = this.readings;
    const typed = visible(this.byKey).trim();
    const wasField = this.inField;
    this.#clear();
    if (texts.length > 0) return [{ kind: 'scan', texts, wasField }];
    if (typed.length >= LEAST) return [{ kind: 'scan', texts: [typed], wasField }];
    return typed.length === 1 ? [{ kind: 'tapped', name: typed.toLowerCase() }] : [];
  }

  #drop() {
    this.#clear();
    return [];
  }

  #isHeld(at) {
    if (!this.held) return false;
    this.held.lasted += Math.min(LOOK, at - this.held.seen);
    this.held.seen = at;
    return this.held.lasted >= HOLD;
  }

  #hold(name, at, place) {
    this.held = { name, place, seen: at, lasted: 0 };
    return [{ kind: 'holding', name, place }];
  }

  #release() {
    if (!this.held) return [];
    this.held = null;
    return [{ kind: 'released' }];
  }
}

function isModifier({ key }) {
  return ['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock'].includes(key);
}

function isTyped(key) {
  return key.key.length === 1 || key.key === 'Enter' || letterAt(key.code, false) !== '';
}

function typedBy({ key, code, shift = false }) {
  if (isModifier({ key })) return { byKey: '', byPlace: '' };
  const byPlace = letterAt(code, shift);
  return { byKey: [...key].length === 1 ? key : byPlace, byPlace: byPlace || ([...key].length === 1 ? key : '') };
}
