// A real OpenID provider for tests: who signs in next, and how, is set by POST /next; nobody is asked anything.
// Arguments: the port, the issuer's origin, and the client as JSON.

import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [port, issuer, client] = process.argv.slice(2);
let next = { sub: 'nobody', acr: '', amr: [] };

const provider = new Provider(issuer, {
  clients: [JSON.parse(client)],
  acrValues: ['two-factors'],
  claims: { openid: ['sub', 'acr', 'amr'] },
  cookies: { keys: ['tests'] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
});

async function answer(details) {
  if (next.error) return { error: next.error };
  if (details.prompt.name === 'login') {
    return { login: { accountId: next.sub, acr: next.acr || undefined, amr: next.amr, remember: false } };
  }
  const grant = new provider.Grant({ accountId: details.session.accountId, clientId: details.params.client_id });
  grant.addOIDCScope('openid');
  return { consent: { grantId: await grant.save() } };
}

const rest = provider.callback();
const server = createServer(async (request, response) => {
  if (request.url === '/next') {
    let body = '';
    for await (const part of request) body += part;
    next = JSON.parse(body);
    response.end();
  } else if (request.url.startsWith('/interaction/')) {
    const details = await provider.interactionDetails(request, response);
    await provider.interactionFinished(request, response, await answer(details), { mergeWithLastSubmission: true });
  } else rest(request, response);
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));
