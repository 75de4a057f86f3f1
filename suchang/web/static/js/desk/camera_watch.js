/**
 * Who stands before the camera: a small machine that is told what each frame holds and says what to do. It knows neither
 * page nor clock.
 *
 * A frame holds codes, each with its text, whose card it is (`card`, the same for all codes that one card draws), and the
 * area that it covers. What it says: `judge` (another presentation is in view), `recall` (the one before it again), `gone`
 * (that of the verdict is in view no longer), `back` (it is again), `several` (two cards are in view and neither is nearer),
 * `foreign` (nothing but other codes, and of which kind), `clear` (neither of the two last any more).
 */

import { foreignKind, isOurs } from './foreign_codes.js';

/** Milliseconds for which a code may be unseen, by a blur or a hand, before it counts as gone. */
export const AWAY = 1000;
/** Milliseconds after which the same code that comes back is another showing of it. */
export const LEFT = 2500;
/** Milliseconds for which other codes must be alone in view before they are named: a card may be on its way. */
export const ALONE = 700;
/** Another code of the same card within so short a time was drawn by the phone that is held there. */
export const REDRAWN = 500;
/** By so much one code must be larger than another to be the nearer one. */
const NEARER = 1.6;

/** @typedef {{text: string, card: string, area: number}} Code */

export class CameraWatch {
  constructor() {
    this.shown = null;
    this.before = null;
    this.hint = null;
    this.foreignSince = null;
  }

  /** The verdict was put away: a code that is still held there is not judged again until it has left. */
  dismiss() {
    if (this.shown) this.shown.dismissed = true;
    this.before = null;
  }

  /** Judge the next code that the card in view draws, as where it has to answer a challenge. */
  reopen() {
    if (this.shown) this.shown.accepted = false;
  }

  /** The verdict on the shown code: a card that was not accepted is judged anew by its next code. @param {boolean} accepted */
  judged(text, accepted) {
    if (this.shown !== null && this.shown.text === text) this.shown.accepted = accepted;
  }

  /**
   * Look at a frame.
   *
   * @param {Code[]} codes
   * @param {number} at
   * @returns {{kind: string, text?: string, foreign?: string}[]}
   */
  see(codes, at) {
    const ours = codes.filter((one) => isOurs(one.text));
    const out = ours.length > 0 ? this.#watch(ours, at) : [];
    this.#miss(at, out);
    this.#tell(this.#hintFor(codes, ours, at), out);
    return out;
  }

  #watch(ours, at) {
    const here = ours.find((one) => this.#isShown(one));
    if (here) return this.#stay(here, at);
    const nearest = nearestOf(ours);
    if (nearest === null) return [];
    // Two phones side by side: the one whose verdict was shown a moment ago does not take turns with the other.
    const isBack = this.before?.text === nearest.text && at - this.before.seen < LEFT;
    this.before = this.shown;
    this.shown = showing(nearest, at);
    return [{ kind: isBack ? 'recall' : 'judge', text: nearest.text }];
  }

  #isShown(code) {
    return this.shown !== null && (code.text === this.shown.text || code.card === this.shown.card);
  }

  #stay(code, at) {
    const { shown } = this;
    const isLong = at - shown.seen >= LEFT;
    const isAnother = code.text !== shown.text;
    // The phone draws its code anew while it is held there: an accepted card stays accepted, any other has a new chance.
    const isRedrawn = at - shown.seen <= REDRAWN && shown.accepted !== false;
    if (isLong || (isAnother && !isRedrawn)) {
      this.shown = showing(code, at);
      return [{ kind: 'judge', text: code.text }];
    }
    const out = shown.gone && !shown.dismissed ? [{ kind: 'back' }] : [];
    Object.assign(shown, { seen: at, gone: false });
    return out;
  }

  #miss(at, out) {
    const { shown } = this;
    if (shown === null || shown.gone || at - shown.seen < AWAY) return;
    shown.gone = true;
    if (!shown.dismissed) out.push({ kind: 'gone' });
  }

  #hintFor(codes, ours, at) {
    if (codes.length === 0 || ours.length > 0) this.foreignSince = null;
    if (ours.length > 1 && !ours.some((one) => this.#isShown(one)) && nearestOf(ours) === null) return { kind: 'several' };
    if (codes.length === 0 || ours.length > 0) return null;
    this.foreignSince ??= at;
    if (at - this.foreignSince < ALONE) return this.hint;
    const largest = codes.reduce((one, other) => (other.area > one.area ? other : one));
    return { kind: 'foreign', foreign: foreignKind(largest.text) };
  }

  #tell(hint, out) {
    if (hint?.kind === this.hint?.kind && hint?.foreign === this.hint?.foreign) return;
    this.hint = hint;
    out.push(hint ?? { kind: 'clear' });
  }
}

function showing({ text, card }, at) {
  return { text, card, seen: at, gone: false, dismissed: false, accepted: null };
}

/** Give the code that is clearly the nearest, or null where several cards are as near. @param {Code[]} ours */
function nearestOf(ours) {
  const [first, second] = [...ours].sort((one, other) => other.area - one.area);
  return second && second.card !== first.card && first.area < NEARER * second.area ? null : first;
}
