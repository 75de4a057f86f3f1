/** The keyboard of the page, for the machine in scan_intake.js: what has the focus, timers, and putting a field back. */

import { readText, unpack } from '../../credentials/qr_text.js';
import { HOLD, ScanIntake } from './scan_intake.js';
import { cardText } from './scan_text.js';

const TEXT = 'input:not([type=file], [type=checkbox], [type=radio], [type=button], [type=submit]), textarea, [contenteditable]';
const now = () => performance.now();

function placeOf(target) {
  if (!(target instanceof Element)) return 'page';
  if (target.matches(TEXT)) return 'text';
  if (target.matches('select, input')) return 'choice';
  if (target.closest('[data-deliberate]')) return 'deliberate';
  return target.closest('button, a, summary, label') ? 'button' : 'page';
}

/** Tell whether a text is a whole code. @param {string} text */
async function isWhole(text) {
  const bytes = readText(text);
  return typeof bytes !== 'string' && (await unpack(bytes)) !== null;
}

/** Give the reading that is whole, or the first. @param {string[]} texts */
async function bestOf(texts) {
  for (const text of texts) if (await isWhole(text)) return text;
  return texts[0];
}

/**
 * Listen to the keyboard. `onAct` hears of a letter, digit or Escape that was held; a control with `data-deliberate` is
 * clicked by holding Enter or Space on it, or by a pointer, and by nothing else.
 *
 * @param {{onScan: (text: string) => void, onAct: (name: string) => void, onTapped: (name: string) => void,
 *   onHolding: (name: string | null, target: Element | null) => void}} to
 */
export function listenToKeyboard({ onScan, onAct, onTapped, onHolding }) {
  const intake = new ScanIntake();
  let timer = 0;
  let before = null;
  let target = null;

  const done = {
    scan: async ({ texts, wasField }) => {
      if (wasField) putBack();
      onScan(await bestOf(texts));
    },
    check: async ({ texts }) => {
      const readings = texts.join();
      const whole = (await Promise.all(texts.map(isWhole))).includes(true);
      // More may have come meanwhile.
      if (whole && intake.readings.join() === readings) take(intake.checked(true));
    },
    rescue: () => putBack(),
    holding: ({ name }) => onHolding(name, target),
    released: () => onHolding(null, null),
    act: ({ name, place }) => {
      onHolding(null, null);
      if (name === 'Enter' && place === 'deliberate') target?.closest('[data-deliberate]')?.dispatchEvent(new CustomEvent('deliberate'));
      else onAct(name);
    },
    tapped: ({ name }) => onTapped(name),
  };

  function take({ consume, out }, event = null) {
    if (consume && event) {
      event.preventDefault();
      event.stopPropagation();
    }
    for (const one of out) done[one.kind](one);
    clearTimeout(timer);
    const due = intake.deadline;
    if (Number.isFinite(due)) timer = setTimeout(() => take(intake.tick(now())), Math.max(1, due - now()));
  }

  /** A field gets back what it held before a scanner typed into it. */
  function putBack() {
    if (before === null) return;
    const { field, value } = before;
    field.blur();
    if (field.matches('[contenteditable]')) field.textContent = value;
    else field.value = value;
  }

  const keyOf = (event) => ({
    key: event.key ?? '', code: event.code ?? '', shift: event.shiftKey, ctrl: event.ctrlKey, alt: event.altKey && event.key !== 'AltGraph',
    meta: event.metaKey, repeat: event.repeat, place: placeOf(event.target),
  });

  addEventListener('keydown', (event) => {
    if (intake.isEmpty) {
      target = event.target;
      before = placeOf(target) === 'text' ? { field: target, value: target.value ?? target.textContent } : null;
    }
    take(intake.down(keyOf(event), now()), event);
  }, { capture: true });
  addEventListener('keyup', (event) => take(intake.up(keyOf(event), now()), event), { capture: true });
  addEventListener('input', (event) => {
    const isTyped = /^insert(Text|CompositionText|ReplacementText)$/.test(event.inputType ?? '');
    const value = event.target.value ?? event.target.textContent ?? '';
    if (isTyped && cardText(value) !== null) take(intake.typed(value, now()));
  }, { capture: true });
  // A screen reader clicks without a key; the click that a browser makes of a scanner's Enter has one before it.
  addEventListener('click', (event) => {
    const isDeliberate = event.target instanceof Element && event.target.closest('[data-deliberate]');
    if (!isDeliberate || event.detail > 0 || !intake.isRecent(now())) return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
  addEventListener('blur', (event) => event.target === window && take(intake.leave()));
}

/** Let something be done by a deliberate act alone. @param {HTMLButtonElement} button @param {() => void} act */
export function deliberately(button, act) {
  button.type = 'button';
  button.dataset.deliberate = '';
  button.addEventListener('click', act);
  button.addEventListener('deliberate', act);
}

export { HOLD };
