/** A hardware scanner: presses the keys of a text as scanners do, into an intake, on a clock of its own. */


export const SPEEDS = [5, 12, 20, 35, 50, 61, 80, 120, 160, 200];
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const SHIFTED = { '!': 'Digit1', '@': 'Digit2', '#': 'Digit3', $: 'Digit4', '%': 'Digit5', '^': 'Digit6', '&': 'Digit7', '*': 'Digit8', '(': 'Digit9', ')': 'Digit0' };
const PLAIN = { ' ': 'Space', '-': 'Minus', '=': 'Equal', '[': 'BracketLeft', ']': 'BracketRight', '.': 'Period', ',': 'Comma', '/': 'Slash', ';': 'Semicolon' };
const MORE = { '+': 'Equal', ':': 'Semicolon', '?': 'Slash', '_': 'Minus' };
const AZERTY = { KeyA: 'q', KeyQ: 'a', KeyZ: 'w', KeyW: 'z', KeyM: ',', Semicolon: 'm', Digit1: '&', Digit2: 'é', Digit3: '"', Digit4: "'", Digit5: '(', Digit6: '-', Digit7: 'è', Digit8: '_', Digit9: 'ç', Digit0: 'à', Slash: ':', Period: ';', Minus: ')' };

/** Numbers between 0 and 1, the same for the same seed. @param {number} seed */
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A text of the shape of a card's code. */
export function someCode(roll, short = false) {
  const length = short ? 40 : 620;
  return `SC1:${Array.from({ length }, () => ALPHABET[Math.floor(roll() * ALPHABET.length)]).join('')}X`;
}

function placeOf(letter) {
  if (/[a-z]/i.test(letter)) return { code: `Key${letter.toUpperCase()}`, shift: letter === letter.toUpperCase() };
  if (/\d/.test(letter)) return { code: `Digit${letter}`, shift: false };
  if (letter in SHIFTED) return { code: SHIFTED[letter], shift: true };
  if (letter in MORE) return { code: MORE[letter], shift: true };
  return { code: PLAIN[letter] ?? '', shift: false };
}

function eventOf(letter, input) {
  const { code, shift } = placeOf(letter);
  if (letter < ' ') return { key: String.fromCharCode(letter.charCodeAt(0) + 96), code: `Key${String.fromCharCode(letter.charCodeAt(0) + 64)}`, ctrl: true };
  switch (input) {
    case 'caps': return { key: letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(), code, shift };
    case 'full-width': return { key: wide(letter), code: '', shift };
    case 'composing': return { key: 'Process', code, shift };
    case 'composing-caps': return { key: 'Process', code, shift: false === shift && /[a-z]/i.test(letter) ? true : shift };
    case 'azerty': return { key: AZERTY[code] ?? letter, code, shift };
    case 'unidentified-code': return { key: letter, code: '', shift };
    default: return { key: letter, code, shift };
  }
}

function wide(letter) {
  if (letter === ' ') return '\u3000';
  if (letter === '.') return '。';
  if (letter === '$') return '￥';
  return String.fromCharCode(letter.charCodeAt(0) + 0xfee0);
}

export class Scanner {
  constructor(intake, options, roll) {
    Object.assign(this, { intake, options, roll, now: 1000, wholeText: '' });
  }

  /** Scan one code and wait as long as the next person takes. */
  scan(text) {
    this.out = [];
    this.out.consumedAll = true;
    this.code = text;
    const { speed, prefix, pauses, suffix } = this.options;
    [...prefix, ...text].forEach((letter, place) => {
      this.#pass(pauses.find(([at]) => at === place)?.[1] ?? 0);
      this.#press(letter);
      this.#pass(this.options.uneven ? speed * (0.5 + this.roll()) : speed);
    });
    if (suffix === 'Enter' || suffix === 'Tab') this.#stroke({ key: suffix, code: suffix });
    if (suffix === 'ctrl-m') this.#stroke({ key: 'm', code: 'KeyM', ctrl: true });
    if (suffix === 'ctrl-j') this.#stroke({ key: 'j', code: 'KeyJ', ctrl: true });
    this.#pass(5000);
    return this.out;
  }

  #press(letter) {
    if (this.options.input === 'alt-digits' && letter >= ' ') {
      this.#hear(this.intake.down({ key: 'Alt', code: 'AltLeft', alt: true, place: this.options.place }, this.now));
      for (const digit of String(letter.charCodeAt(0))) this.#stroke({ key: digit, code: `Numpad${digit}`, alt: true });
      this.#hear(this.intake.up({ key: 'Alt', code: 'AltLeft', place: this.options.place }, this.now));
      return;
    }
    const event = eventOf(letter, this.options.input);
    if (event.shift) this.#hear(this.intake.down({ key: 'Shift', code: 'ShiftLeft', shift: true, place: this.options.place }, this.now));
    this.#stroke(event);
    if (event.shift) this.#hear(this.intake.up({ key: 'Shift', code: 'ShiftLeft', place: this.options.place }, this.now));
  }

  #stroke(event) {
    const one = { place: this.options.place, ...event };
    const { consume } = this.#hear(this.intake.down(one, this.now));
    const isSpace = one.code === 'Space' || one.key === ' ';
    if (!consume && !one.ctrl && one.key !== 'Tab' && !isSpace) this.out.consumedAll = false;
    this.#pass(this.options.speed * 0.9);
    this.#hear(this.intake.up(one, this.now));
    this.now -= this.options.speed * 0.9;
  }

  #hear(said) {
    for (const one of said.out) {
      this.out.push(one);
      // What the page does: the text is unpacked, which succeeds for the whole alone.
      if (one.kind === 'check' && one.texts.includes(this.code)) this.#hear(this.intake.checked(true));
    }
    return said;
  }

  #pass(milliseconds) {
    const until = this.now + milliseconds;
    for (;;) {
      const due = this.intake.deadline;
      if (!(due <= until)) break;
      this.now = Math.max(this.now, due);
      this.#hear(this.intake.tick(this.now));
    }
    this.now = until;
  }
}

