/** How the card stands: asked of the server, and said with the moment of the answer, also without a network. */

import { call } from '../api.js';
import { say } from '../words.js';
import { clock } from './code.js';

/**
 * Ask, correct the clock, and say since when the page is right.
 *
 * @param {HTMLElement} card with `data-state`
 * @param {import('../../credentials/presentation.js').Wallet | null} wallet
 */
export async function pulse(card, wallet) {
  const answer = await call('/api/v1/me/card', { timeout: 5000 });
  const state = document.getElementById('freshness');
  document.getElementById('signed-out').hidden = answer.status !== 401;
  if (answer.ok) {
    clock.learn(answer.date, answer.sentAt);
    if (clock.isOff) document.getElementById('clock-off').hidden = false;
    await wallet?.put('checked', Date.now());
    if (answer.body.state !== card.dataset.state) location.reload();
  }
  // A server that refuses (the sign-in has expired) is no missing network, but it has not checked the card either.
  const checked = answer.ok ? Date.now() : await wallet?.get('checked');
  const time = checked ? new Date(checked).toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }) : '—';
  const away = answer.status === 0;
  state.textContent = say(away ? 'offline_since' : 'fresh', { time });
  state.dataset.offline = String(away);
  return answer;
}
