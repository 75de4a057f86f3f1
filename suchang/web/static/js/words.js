/** The words that a page hands to its modules, in its language: a JSON block with the id `words`. */

const block = document.getElementById('words');
const words = block ? JSON.parse(block.textContent) : {};

/**
 * Say something, with the gaps `{name}` filled.
 *
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Give one part of the words as it is, such as a table. @param {string} key */
export function wordsOf(key) {
  return words[key] ?? {};
}

/** Write a day in the language of the page. @param {string} iso such as 2026-11-03 */
export function day(iso) {
  const [year, month, date] = iso.split('-').map(Number);
  const english = document.documentElement.lang === 'en';
  const style = new Intl.DateTimeFormat(english ? 'en-GB' : 'zh-CN', { year: 'numeric', month: english ? 'short' : 'long', day: 'numeric' });
  return year && month && date ? style.format(new Date(year, month - 1, date)) : iso;
}
