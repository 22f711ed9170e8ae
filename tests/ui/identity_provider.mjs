// An identity provider for tests/sign_in: npm's oidc-provider on loopback, with one client and its development pages for
// signing in (any name is taken; the name is the subject). Arguments: port, address to go back to, client secret.
import Provider from 'oidc-provider';

const [port, back, secret] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'bavn',
    client_secret: secret,
    redirect_uris: [back],
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  pkce: { required: () => true },
  claims: { openid: ['sub'], profile: ['preferred_username'] },
  async findAccount(_, id) {
    return { accountId: id, claims: async () => ({ sub: `subject-of-${id}`, preferred_username: id }) };
  },
  cookies: { keys: ['a key of the tests'] },
});
// The development pages ask for plain forms on loopback.
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
