"""Writes image archives: as `docker save` does, and OCI layouts."""

import hashlib
import io
import json
import tarfile


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def tar(files):
    """files: [(path, content, mode)]."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for path, content, mode in files:
            info = tarfile.TarInfo(path)
            info.size, info.mode = len(content), mode
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


class Image:
    """history: [(created_by, files of its layer or None)]; settings: the config's `config`."""

    def __init__(self, name, history, settings=None):
        self.name = name
        self.layers = [tar(files) for _, files in history if files is not None]
        self.config = json.dumps({
            "architecture": "amd64", "os": "linux", "config": settings or {},
            "history": [{"created_by": text} | ({} if files is not None else {"empty_layer": True})
                        for text, files in history],
            "rootfs": {"type": "layers", "diff_ids": [sha256(layer) for layer in self.layers]},
        }).encode()


def docker_save(*images):
    files, manifest = [], []
    for image in images:
        paths = []
        for layer in image.layers:
            paths.append(f"{sha256(layer)[7:]}/layer.tar")
            files.append((paths[-1], layer, 0o644))
        config = sha256(image.config)[7:] + ".json"
        files.append((config, image.config, 0o644))
        manifest.append({"Config": config, "RepoTags": [image.name], "Layers": paths})
    files.append(("manifest.json", json.dumps(manifest).encode(), 0o644))
    return tar(files)


def oci_layout(image):
    """The files of its directory."""
    blobs = {}

    def put(data, kind):
        blobs["blobs/sha256/" + sha256(data)[7:]] = data
        return {"mediaType": kind, "digest": sha256(data), "size": len(data)}

    base = "application/vnd.oci.image."
    layers = [put(layer, base + "layer.v1.tar") for layer in image.layers]
    manifest = put(json.dumps({
        "schemaVersion": 2, "config": put(image.config, base + "config.v1+json"), "layers": layers,
    }).encode(), base + "manifest.v1+json")
    manifest["annotations"] = {"org.opencontainers.image.ref.name": image.name}
    return {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}',
            "index.json": json.dumps({"schemaVersion": 2, "manifests": [manifest]}).encode(),
            **blobs}
