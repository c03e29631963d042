"""Files of keys, written and read by what the clouds' clients use for it.

ACTION says which; FILE and KEY say where and what.
"""

import os

from outcome import tell


def write_modelon() -> None:
    from modelon.impact.client.credential_manager import CredentialManager

    CredentialManager().write_key_to_file(os.environ["KEY"])


def write_dotenv() -> None:
    from dotenv import set_key

    set_key(os.environ["FILE"], "LC_API_KEY", os.environ["KEY"])


def read_dotenv() -> object:
    """The documented way: first the file, then the import."""
    from dotenv import load_dotenv

    load_dotenv(os.environ["FILE"])
    from luminarycloud.pipelines.api import iterate_pipelines

    return {"listed": len([*iterate_pipelines()])}


def write_yaml() -> None:
    """As Conduce's client writes its configuration: read, changed, dumped."""
    import yaml

    path = os.environ["FILE"]
    with open(path) as file:
        config = yaml.safe_load(file)
    config["default-user"] = "kim@example.test"
    keys = {name: os.environ["KEY"] if name == "app" else "" for name in ("app", "dev-app", "stg-app", "prd-app")}
    config["kim@example.test"] = {"api-keys": keys}
    with open(path, "w") as file:
        yaml.dump(config, file, default_flow_style=os.environ["STYLE"] == "flow" and None)


def read_yaml() -> object:
    import yaml

    with open(os.environ["FILE"]) as file:
        return yaml.safe_load(file)


def sdk_login() -> object:
    """The stored login, renewed without anybody at a browser."""
    from luminarycloud._auth import Auth0Client

    before = Auth0Client(noninteractive=True)
    before.silently_renew_access_token()
    import luminarycloud as lc
    from luminarycloud.pipelines.api import iterate_pipelines

    lc.set_default_client(lc.Client(access_token=before.access_token))
    return {"listed": len([*iterate_pipelines()])}


def certificate() -> None:
    """For 127.0.0.1, because the SDK logs in by https only. FILE is both key and certificate."""
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "keylatch tests")])
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
    made = made.add_extension(address, False).add_extension(x509.BasicConstraints(True, None), True)
    with open(os.environ["FILE"], "wb") as file:
        file.write(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))


tell(globals()[os.environ["ACTION"]])
