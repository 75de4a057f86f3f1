/** What can be redeemed on the verification on the screen: one form an entitlement, one key each, undo for ten minutes. */

import { call, freshKey } from '../api.js';
import { toast } from '../toast.js';
import { day, say, wordsOf } from '../words.js';
import { deliberately } from './keyboard.js';
import { make } from './verdict_view.js';

const UNDO_SECONDS = 600;
const english = document.documentElement.lang === 'en';

export class Redeeming {
  /** @param {{setting: any, offline: import('./offline_desk.js').OfflineDesk}} parts */
  constructor({ setting, offline }) {
    this.items = setting.items;
    this.redeems = setting.redeems;
    this.offline = offline;
    this.forms = [];
    this.done = [];
  }

  forget() {
    this.forms = [];
  }

  /** Offer the entitlements of a verdict in a place of the page. */
  offer(place, verdict, { domain, deferred }) {
    this.forms = [];
    if (!this.redeems.includes(domain)) return;
    const rights = deferred ? this.offlineRights(domain, verdict.card.relation ?? 'holder') : verdict.entitlements;
    for (const right of rights) place.append(this.form(right, verdict, deferred));
    if (rights.length === 0) place.append(make('p', 'muted', say('nothing_here')));
    if (deferred && rights.length > 0) place.append(make('p', 'muted small', say('deferred_note')));
  }

  /** Without a network nobody knows what is left: offered is what an item allows a desk to grant on its own, to whom. */
  offlineRights(domain, who) {
    return Object.entries(this.items)
      .filter(([code, item]) => code.startsWith(`${domain}.`) && item.offline && item.whose.includes(who))
      .map(([code, item]) => ({ item: code, name: item.name.zh, name_en: item.name.en, unit: item.unit, beneficiary: 'holder', remaining: undefined }));
  }

  form(right, verdict, deferred) {
    const box = make('article', 'entitlement');
    box.append(make('h3', '', english ? right.name_en : right.name), make('p', '', this.leftText(right)));
    const form = make('form');
    const fields = (this.items[right.item]?.details ?? []).filter((field) => field.required);
    for (const field of fields) form.append(this.field(field, this.forms.length));
    const number = this.forms.length + 1;
    const button = make('button', `btn btn--big btn--wide${number === 1 ? '' : ' btn--quiet'}`);
    button.append(right.remaining === null ? say('record') : say('redeem'), ' ');
    if (number <= 9) button.append(make('kbd', '', String(number)));
    button.dataset.key = String(number);
    form.append(button);
    // A form is sent by Enter in a field as well, which a scanner types: nothing is redeemed by sending one.
    form.addEventListener('submit', (event) => event.preventDefault());
    const act = () => form.reportValidity() && this.redeem({ box, form, button, right, verdict, deferred });
    deliberately(button, act);
    box.append(form);
    this.forms.push(act);
    return box;
  }

  leftText(right) {
    const parts = [];
    if (right.remaining === null) parts.push(say('unlimited'));
    else if (right.remaining !== undefined) parts.push(say('left', { count: this.amount(right.unit, right.remaining) }));
    if (right.period_ends) parts.push(say('period_ends', { day: day(right.period_ends) }));
    if (right.beneficiary !== 'holder') parts.push(say('for_whom', { who: this.whose(right) }));
    return parts.join(' · ');
  }

  /** Whose an entitlement is, as far as its item discloses: a desk has to tell children apart. */
  whose({ relation, birth_year: year, beneficiary }) {
    const who = wordsOf('relations')[relation] ?? beneficiary.slice(-4);
    return year ? `${who} ${say('born', { year })}` : who;
  }

  amount(unit, count) {
    if (unit === 'CNY') return say('yuan', { count: (count / 100).toLocaleString() });
    return say(unit === 'days' ? 'days' : 'times', { count });
  }

  field(field, index) {
    const box = make('div', 'field');
    const id = `detail-${index}-${field.name}`;
    const label = make('label', '', english ? field.label.en : field.label.zh);
    label.htmlFor = id;
    let input;
    if (field.choices.length > 0) {
      input = make('select');
      input.append(new Option(say('choose'), ''), ...field.choices.map((choice) => new Option(choice, choice)));
    } else {
      input = make('input');
      input.type = { date: 'date', count: 'number', confirmation: 'checkbox' }[field.kind] ?? 'text';
    }
    input.id = id;
    input.name = field.name;
    input.dataset.kind = field.kind;
    input.required = input.type !== 'checkbox';
    box.append(label, input);
    return box;
  }

  read(form) {
    const details = {};
    for (const input of form.querySelectorAll('input, select')) {
      if (input.type === 'checkbox') details[input.name] = input.checked;
      else if (input.type === 'number') details[input.name] = Number(input.value);
      else details[input.name] = input.value;
    }
    return details;
  }

  /** A shortcut: the number of an entitlement. @param {string} key */
  press(key) {
    this.forms[Number(key) - 1]?.();
  }

  async redeem({ box, form, button, right, verdict, deferred }) {
    if (button.getAttribute('aria-busy') === 'true' || button.disabled) return;
    const name = english ? right.name_en : right.name;
    const request = { item: right.item, beneficiary: right.beneficiary, details: this.read(form) };
    button.setAttribute('aria-busy', 'true');
    if (deferred) {
      await this.offline.queueRedemption(deferred, request);
      this.finish(box, form, name, null);
      return;
    }
    const key = (form.dataset.key ??= freshKey());
    const answer = await call('/api/v1/redemptions', { method: 'POST', body: { verification: verdict.id, ...request }, key });
    button.removeAttribute('aria-busy');
    if (answer.ok) this.finish(box, form, name, answer.body.id);
    else this.explain(form, answer);
  }

  finish(box, form, name, id) {
    box.classList.add('entitlement--done');
    form.replaceChildren(make('p', 'badge badge--ok', say('redeemed', { item: name })));
    form.firstChild.dataset.mark = '✓';
    if (id === null) {
      toast(say('redeemed', { item: name }));
      return;
    }
    const entry = { id, name, at: Date.now() };
    this.done.push(entry);
    toast(say('redeemed', { item: name }), { action: `${say('undo')} (Z)`, onAction: () => this.undo(entry), seconds: 12 });
    const button = make('button', 'btn btn--quiet btn--wide', say('undo'));
    deliberately(button, () => this.undo(entry));
    form.append(button);
    setTimeout(() => button.remove(), UNDO_SECONDS * 1000);
    entry.form = form;
  }

  explain(form, answer) {
    const text = answer.body?.text?.[english ? 'en' : 'zh'] ?? answer.body?.errors?.[0]?.message ?? answer.body?.detail ?? say('not_redeemed');
    form.querySelector('.wrong')?.remove();
    const line = make('p', 'wrong', text);
    line.setAttribute('role', 'alert');
    form.append(line);
  }

  undoLast() {
    const entry = this.done.at(-1);
    if (entry && Date.now() - entry.at < UNDO_SECONDS * 1000) this.undo(entry);
  }

  async undo(entry) {
    const body = { reason: say('undo_reason') };
    const answer = await call(`/api/v1/redemptions/${entry.id}/reversal`, { method: 'POST', body, key: `undo-${entry.id}` });
    if (!answer.ok) {
      toast(answer.body?.detail ?? say('not_redeemed'));
      return;
    }
    this.done = this.done.filter((one) => one !== entry);
    entry.form?.closest('.entitlement')?.classList.remove('entitlement--done');
    entry.form?.replaceChildren(make('p', 'badge', say('undone', { item: entry.name })));
    toast(say('undone', { item: entry.name }));
  }
}
