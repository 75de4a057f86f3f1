/**
 * The family's codes on the holder's phone: each dependant has a credential of their own, bound to this phone's key, and a
 * code that is drawn here, with or without a network.
 */

import { Wallet } from '../../credentials/presentation.js';
import { fetchCredential, fetchOnlineCode } from './binding.js';
import { makeCode } from './code.js';
import { pulse } from './pulse.js';
import { ShownCode } from './shown_code.js';

const card = document.getElementById('card');
const shown = new ShownCode(card);
const picks = [...document.querySelectorAll('#family-pick input')];
let wallet = null;
let kept = {};
let chosen = picks.find((one) => one.checked);

const ownerOf = (pick) => `/api/v1/me/dependants/${pick.value}`;

/** Fetch a dependant's credential and keep it for when there is no network; null where the issuer gives none. */
async function renew(pick) {
  const credential = await fetchCredential(kept.device, ownerOf(pick));
  kept.family = { ...kept.family };
  delete kept.family[pick.value];
  if (credential !== null) kept.family[pick.value] = credential;
  await wallet.put('family', kept.family);
  return credential;
}

async function draw(pick, credential) {
  if (credential === null) {
    if (chosen === pick) shown.fail(null);
    return;
  }
  if (chosen === pick && credential.token === shown.credential) return;
  const code = await makeCode(credential.token, kept.key.privateKey);
  if (chosen === pick) shown.start(credential, kept.key, code);
}

/** Show a dependant's code: from what the phone keeps, or after asking for it. */
async function choose(pick) {
  chosen = pick;
  pick.checked = true;
  shown.stop();
  card.querySelector('.card__name').textContent = pick.dataset.name;
  card.querySelector('.card__kind').textContent = pick.dataset.kind;
  if (card.dataset.state !== 'active') return;
  if (!kept.device || !kept.key) {
    shown.show('unbound');
    return;
  }
  const held = kept.family?.[pick.value];
  try {
    if (held && Date.parse(held.expiresAt) > Date.now()) await draw(pick, held);
    else {
      shown.show('binding');
      await draw(pick, await renew(pick));
    }
  } catch (problem) {
    if (chosen === pick) shown.fail(problem);
  }
}

/** Fetch everybody's, so that they are there without a network; who is no longer listed is forgotten. */
async function keepAll() {
  const listed = new Set(picks.map((one) => one.value));
  kept.family = Object.fromEntries(Object.entries(kept.family ?? {}).filter(([id]) => listed.has(id)));
  for (const pick of [chosen, ...picks.filter((one) => one !== chosen)]) {
    try {
      await draw(pick, await renew(pick));
    } catch {
      // No network, or too slow: the next visit keeps it.
      return;
    }
  }
}

async function begin() {
  try {
    wallet = await Wallet.open();
    kept = await wallet.everything();
    if (kept.card !== card.dataset.card) kept = {};
  } catch {
    wallet = null;
  }
  for (const pick of picks) pick.addEventListener('change', () => choose(pick));
  document.getElementById('retry')?.addEventListener('click', () => choose(chosen));
  for (const button of document.querySelectorAll('[data-online]')) {
    button.addEventListener('click', () => shown.online(() => fetchOnlineCode(ownerOf(chosen))));
  }
  addEventListener('online', () => pulse(card, wallet));
  addEventListener('offline', () => pulse(card, wallet));
  navigator.serviceWorker?.register('/me/sw.js', { scope: '/me' }).catch(() => {});
  await choose(chosen);
  const answer = await pulse(card, wallet);
  if (answer.ok && card.dataset.state === 'active' && kept.device && kept.key) await keepAll();
  document.documentElement.dataset.kept = String(Object.keys(kept.family ?? {}).length);
}

begin();
