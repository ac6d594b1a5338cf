"""A mail server that prints its port, then one line for each mail it took.

Arguments: `plain`, `sign-in` (user `shop`, password `secret`), or `tls CERTIFICATE KEY` (the same,
after STARTTLS only). It ends when its input does.
"""

import asyncio
import email
import email.policy
import logging
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 5.1.1 <%s>: no such mailbox" % address
        if address.startswith("full@"):
            return "452 4.2.2 <%s>: mailbox full" % address
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        fields = [
            envelope.mail_from,
            ",".join(envelope.rcpt_tos),
            mail["From"],
            mail["To"],
            mail["Subject"],
            mail["Message-ID"],
            mail.get_body(("plain",)).get_content(),
            mail.get_body(("html",)).get_content(),
        ]
        print(" ".join(str(field).encode().hex() for field in fields), flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    is_right = (data.login, data.password) == (b"shop", b"secret")
    return AuthResult(success=is_right, handled=False)


def session():
    mode = sys.argv[1]
    tls = None
    if mode == "tls":
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(sys.argv[2], sys.argv[3])
    return SMTP(
        Handler(),
        hostname="aiosmtpd.test",
        enable_SMTPUTF8=True,
        authenticator=authenticate,
        auth_required=mode != "plain",
        auth_require_tls=mode == "tls",
        require_starttls=mode == "tls",
        tls_context=tls,
    )


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


logging.disable()
asyncio.run(main())
