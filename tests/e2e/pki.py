"""Certificates for tests, made by the openssl program: small authorities and what they sign."""
import subprocess


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {' '.join(map(str, arguments))}: {done.stdout}")
    return done.stdout


class Pair:
    """A certificate and its key, as files of PEM."""

    def __init__(self, folder, name):
        self.certificate = folder / f"{name}.crt"
        self.key = folder / f"{name}.key"


def _request(pair, subject, *extensions, signer=()):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", subject, "-keyout", pair.key, "-out", pair.certificate, *signer,
            *(part for extension in extensions for part in ("-addext", extension)))
    return pair


class Authority(Pair):
    def __init__(self, folder, name):
        super().__init__(folder, name)
        self._folder = folder
        # openssl marks such a certificate as that of an authority by itself.
        _request(self, f"/CN={name}", "keyUsage=critical,keyCertSign,cRLSign")

    def serving(self, name, *names):
        """For a server of these names, written as in `DNS:localhost` and `IP:127.0.0.1`."""
        return self._sign(Pair(self._folder, name), f"/CN={name}", "serverAuth",
                          "subjectAltName=" + ",".join(names))

    def client(self, name):
        """For a client whose common name this is."""
        return self._sign(Pair(self._folder, name), f"/CN={name}", "clientAuth")

    def _sign(self, pair, subject, usage, *extensions):
        return _request(pair, subject, "basicConstraints=critical,CA:FALSE",
                        "keyUsage=critical,digitalSignature", f"extendedKeyUsage={usage}",
                        *extensions, signer=("-CA", self.certificate, "-CAkey", self.key))
