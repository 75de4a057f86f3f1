/** What a scanner types, as text: physical keys, full-width letters and prefixes brought back to the text of the code. */

import { PREFIX } from '../../credentials/qr_text.js';

const SHIFTED = { 1: '!', 2: '@', 3: '#', 4: '$', 5: '%', 6: '^', 7: '&', 8: '*', 9: '(', 0: ')' };
/** Keys by their place on a United States keyboard, which scanners speak unless they are told otherwise. */
const PLACES = {
  Minus: '-_', Equal: '=+', BracketLeft: '[{', BracketRight: ']}', Backslash: '\\|', Semicolon: ';:', Quote: '\'"',
  Backquote: '`~', Comma: ',<', Period: '.>', Slash: '/?', Space: '  ', NumpadAdd: '++', NumpadSubtract: '--',
  NumpadMultiply: '**', NumpadDivide: '//', NumpadDecimal: '..',
};
/** What Chinese input methods make of the marks of the code's alphabet, beyond what NFKC undoes. */
const CHINESE = { '。': '.', '、': '/', '¥': '$', '—': '-', '–': '-', '·': '.' };

/** Give the letter of a key by its place. @param {string} code @param {boolean} shift @returns {string} empty for none */
export function letterAt(code, shift) {
  if (/^Key[A-Z]$/.test(code)) return code[3];
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
  if (digit !== undefined) return shift && code.startsWith('Digit') ? SHIFTED[digit] : digit;
  return PLACES[code]?.[shift ? 1 : 0] ?? '';
}

/**
 * Give the text of a card's code within what was typed: from its prefix on, in the code's alphabet; else null.
 *
 * @param {string} typed
 * @returns {string | null}
 */
export function cardText(typed) {
  const plain = visible(typed).normalize('NFKC').replace(/[。、¥—–·]/g, (mark) => CHINESE[mark]).toUpperCase();
  const start = plain.indexOf(PREFIX);
  return start < 0 ? null : plain.slice(start);
}

/** Tell whether this may be how a card's code begins, with a symbology identifier such as `]Q1` or without. */
export function mayBegin(typed) {
  return PREFIX.startsWith(visible(typed).normalize('NFKC').toUpperCase().replace(/^\][A-Z]?[A-Z\d]?/, ''));
}

/** Leave out what has no form: group separators and the like. @param {string} typed */
export function visible(typed) {
  // eslint-disable-next-line no-control-regex
  return typed.replace(/[\u0000-\u001f\u007f]/g, '');
}
