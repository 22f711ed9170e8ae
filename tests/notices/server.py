"""A real SMTP server for the test: keeps each mail as a file in clear, refuses while a file named `refuse` is there,
and knows no address that begins with `gone@`."""

import email
import email.policy
import itertools
import os
import sys
import time

from aiosmtpd.controller import Controller

folder, port = sys.argv[1], int(sys.argv[2])


class Keep:
    number = itertools.count()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 no such address"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        if os.path.exists(os.path.join(folder, "refuse")):
            return "451 come again later"
        name = os.path.join(folder, f"{next(self.number)}.eml")
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with open(name + ".part", "w", encoding="utf-8") as file:
            file.write(f"To: {','.join(envelope.rcpt_tos)}\nSubject: {mail['subject']}\n\n{mail.get_content()}")
        os.rename(name + ".part", name)
        return "250 kept"


Controller(Keep(), hostname="127.0.0.1", port=port).start()
print("ready", flush=True)
while True:
    time.sleep(3600)
