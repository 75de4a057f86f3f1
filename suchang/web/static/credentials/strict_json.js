/**
 * JSON (RFC 8259) as signed data needs it: an object at the top, no duplicate keys, no fractions or exponents (the profile
 * has none), no lone surrogates, bounded depth. An integer outside ±(2^53 − 1) is an `Inexact`, so that it never passes
 * for another one. Objects have no prototype: a key called `__proto__` is a key like any other.
 */

import { utf8Decode } from './bytes.js';

export const MAX_DEPTH = 16;

/** An integer that a `number` can't hold exactly. */
export class Inexact {
  /** @param {string} text as it was written */
  constructor(text) {
    this.text = text;
  }
}

class Broken extends Error {}

const INTEGER = /-?(?:0|[1-9][0-9]*)(?![.eE0-9])/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const LONE_SURROGATE = /\p{Surrogate}/u;
const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const WORDS = { true: true, false: false, null: null };

/**
 * Read one JSON object.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes UTF-8
 * @returns {Record<string, unknown> | null} null when it is anything else
 */
export function parseObject(bytes) {
  const text = utf8Decode(bytes);
  if (text === null) return null;
  try {
    const value = new Parser(text).document();
    return isObject(value) ? value : null;
  } catch (error) {
    if (error instanceof Broken) return null;
    throw error;
  }
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Inexact);
}

class Parser {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  document() {
    const value = this.value(1);
    this.space();
    if (this.at !== this.text.length) throw new Broken();
    return value;
  }

  space() {
    while (' \t\n\r'.includes(this.text[this.at] || 'x')) this.at += 1;
  }

  /** Skip space and give the next character. */
  peek() {
    this.space();
    return this.text[this.at];
  }

  /** @param {string} character */
  expect(character) {
    if (this.peek() !== character) throw new Broken();
    this.at += 1;
  }

  /** @param {number} depth @returns {unknown} */
  value(depth) {
    const next = this.peek();
    if (next === '{') return this.object(depth);
    if (next === '[') return this.array(depth);
    if (next === '"') return this.string();
    for (const [word, value] of Object.entries(WORDS)) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.integer();
  }

  /** @param {number} depth */
  object(depth) {
    if (depth > MAX_DEPTH) throw new Broken();
    this.expect('{');
    const found = Object.create(null);
    if (this.peek() === '}') {
      this.at += 1;
      return found;
    }
    for (;;) {
      if (this.peek() !== '"') throw new Broken();
      const key = this.string();
      if (key in found) throw new Broken();
      this.expect(':');
      found[key] = this.value(depth + 1);
      if (this.peek() !== ',') break;
      this.at += 1;
    }
    this.expect('}');
    return found;
  }

  /** @param {number} depth */
  array(depth) {
    if (depth > MAX_DEPTH) throw new Broken();
    this.expect('[');
    /** @type {unknown[]} */
    const found = [];
    if (this.peek() === ']') {
      this.at += 1;
      return found;
    }
    for (;;) {
      found.push(this.value(depth + 1));
      if (this.peek() !== ',') break;
      this.at += 1;
    }
    this.expect(']');
    return found;
  }

  string() {
    this.at += 1;
    let found = '';
    for (;;) {
      PLAIN.lastIndex = this.at;
      const plain = /** @type {RegExpExecArray} */ (PLAIN.exec(this.text))[0];
      found += plain;
      this.at += plain.length;
      const next = this.text[this.at];
      this.at += 1;
      if (next === '"') break;
      if (next !== '\\') throw new Broken();
      found += this.escape();
    }
    if (LONE_SURROGATE.test(found)) throw new Broken();
    return found;
  }

  escape() {
    const letter = this.text[this.at];
    this.at += 1;
    if (letter === 'u') {
      const digits = this.text.slice(this.at, this.at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new Broken();
      this.at += 4;
      return String.fromCharCode(parseInt(digits, 16));
    }
    if (letter === undefined || !Object.hasOwn(ESCAPES, letter)) throw new Broken();
    return ESCAPES[/** @type {keyof typeof ESCAPES} */ (letter)];
  }

  integer() {
    INTEGER.lastIndex = this.at;
    const match = INTEGER.exec(this.text);
    if (match === null) throw new Broken();
    this.at += match[0].length;
    const value = Number(match[0]);
    return Number.isSafeInteger(value) ? value + 0 : new Inexact(match[0]);
  }
}
