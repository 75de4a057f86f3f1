/**
 * The holder's card: binds this phone once, then shows a fresh code every thirty seconds, with or without a network.
 *
 * A phone in a queue is slow and its holder waits: the first code is signed and drawn while the page is still being read,
 * from what the phone keeps, before anything is asked over the network.
 */

import { Wallet } from '../../credentials/presentation.js';
import { CARD, fetchCredential, fetchOnlineCode, register } from './binding.js';
import { makeCode } from './code.js';
import { pulse } from './pulse.js';
import { ShownCode } from './shown_code.js';

/** What the phone keeps and the first code from it; `code` is null where there is none to show. */
const opening = Wallet.open().then(async (wallet) => {
  const kept = await wallet.everything();
  const usable = kept.key && kept.credential && Date.parse(kept.credential.expiresAt) > Date.now();
  return { wallet, kept, code: usable ? await makeCode(kept.credential.token, kept.key.privateKey) : null };
});
opening.catch(() => {}); // begin() says it; this only keeps the failure from being reported twice

if (document.readyState === 'loading') {
  await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }));
}

const card = document.getElementById('card');
const shown = new ShownCode(card);
let wallet = null;

async function forget() {
  shown.stop();
  await wallet.clear();
  await wallet.put('card', card.dataset.card);
  shown.show('unbound');
}

async function bind() {
  shown.show('binding');
  try {
    await renew(await register(wallet));
  } catch (problem) {
    shown.fail(problem);
  }
}

/** Fetch the credential: the server gives the one that is here while it is good. */
async function renew(device) {
  const credential = await fetchCredential(device, CARD);
  if (credential === null) return forget();
  const { key } = await wallet.everything();
  await wallet.put('credential', credential);
  if (credential.token !== shown.credential) shown.start(credential, key, await makeCode(credential.token, key.privateKey));
  return undefined;
}

/** The page came from what the phone keeps, and the server has another by now: a new card, or other benefits. */
async function newer() {
  const answer = await caches.match(location.pathname);
  if (!answer) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const face = (one) => [one.documentElement.lang, one.getElementById('card')?.dataset.face].join();
  if (face(page) !== face(document)) location.reload();
  else document.getElementById('soon').replaceWith(page.getElementById('soon'));
}

function listen() {
  navigator.serviceWorker?.addEventListener('message', newer);
  // What came before this line was told to nobody.
  if (navigator.serviceWorker?.controller) newer();
  document.getElementById('bind')?.addEventListener('click', bind);
  document.getElementById('retry')?.addEventListener('click', bind);
  for (const button of document.querySelectorAll('[data-online]')) {
    button.addEventListener('click', () => shown.online(() => fetchOnlineCode(CARD)));
  }
  addEventListener('online', () => pulse(card, wallet));
  addEventListener('offline', () => pulse(card, wallet));
}

async function begin() {
  let opened = null;
  try {
    opened = await opening;
  } catch {
    document.getElementById('bind')?.setAttribute('disabled', '');
  }
  const kept = opened?.kept ?? {};
  const own = kept.card === card.dataset.card;
  const active = card.dataset.state === 'active';
  if (active) {
    if (own && opened.code) shown.start(kept.credential, kept.key, opened.code);
    else shown.show('unbound');
  }
  listen();
  navigator.serviceWorker?.register('/me/sw.js', { scope: '/me' }).catch(() => {});
  wallet = opened?.wallet ?? null;
  if (wallet && !own) await forget();
  const answer = await pulse(card, wallet);
  if (!answer.ok || !own || !kept.device) return;
  if (!answer.body.devices.some((one) => one.id === kept.device)) await forget();
  // What a phone keeps may have been revoked since: a key of the issuer was compromised, the tier changed.
  else if (active) await renew(kept.device).catch(() => {});
}

begin();
