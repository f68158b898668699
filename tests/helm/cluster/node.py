"""What a cluster does with the chart's Deployment, without a kubelet: runs its containers as
processes of this machine, with the arguments and the files that it names."""
import base64
import functools
import http.client
import itertools
import os
import pathlib
import re
import shutil
import signal
import threading

from cluster import Process, free_ports, wait_for

_numbers = itertools.count(1)


class Volume:
    """A folder that holds a ConfigMap or a Secret, and changes as kubelet changes it: all files at
    once, by a swapped link."""

    def __init__(self, cluster, namespace, source, path):
        self._get = functools.partial(cluster.must, "GET", "/api/v1/namespaces/{}/{}/{}".format(
            namespace, *(("secrets", source["secret"]["secretName"]) if "secret" in source
                         else ("configmaps", source["configMap"]["name"]))))
        self._folder, self._held, self._version = path, None, 0
        self._decode = base64.b64decode if "secret" in source else str.encode
        path.mkdir(parents=True)

    def update(self):
        data = self._get()["data"]
        if data == self._held:
            return
        self._held, self._version = data, self._version + 1
        version = self._folder / f"..{self._version}"
        version.mkdir()
        for name, content in data.items():
            (version / name).write_bytes(self._decode(content))
            if not (self._folder / name).is_symlink():
                (self._folder / name).symlink_to(f"..data/{name}")
        link = self._folder / "..data_tmp"
        link.symlink_to(version.name)
        os.rename(link, self._folder / "..data")


class Replica:
    """One pod's container as a process; a backend for service.Service."""

    def __init__(self, program, folder, arguments, mounts):
        self.port, self._health, self._metrics = free_ports(3)
        changes = [(r"^--bind-address=.*", "--bind-address=127.0.0.1"),
                   (r"^--secure-port=9443$", f"--secure-port={self.port}"),
                   (r"=:8080$", f"=127.0.0.1:{self._metrics}"),
                   (r"=:8081$", f"=127.0.0.1:{self._health}"),
                   *((f"={re.escape(path)}/", f"={there}/") for path, there in mounts.items())]
        for pattern, replacement in changes:
            arguments = [re.sub(pattern, replacement, one) for one in arguments]
        self.arguments = arguments
        self.process = Process(folder / f"replica-{next(_numbers)}.log", program, *arguments)

    def ready(self):
        return self._get(self._health, "/readyz") == 200

    def alive(self):
        return self._get(self._health, "/livez") == 200

    @staticmethod
    def _get(port, path):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()


class Node:
    """Use with `with`. `replicas` are those of the Deployment."""

    def __init__(self, cluster, program, namespace, name):
        self._cluster, self._program, self._namespace = cluster, program, namespace
        self._deployment = cluster.must(
            "GET", f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}")
        spec = self._deployment["spec"]["template"]["spec"]
        [self._container] = spec["containers"]
        self._folder = pathlib.Path(cluster.folder, f"node-{next(_numbers)}")
        self._volumes, self._mounts = [], {}
        for source in spec["volumes"]:
            [path] = [mount["mountPath"] for mount in self._container["volumeMounts"]
                      if mount["name"] == source["name"]]
            there = self._folder / source["name"]
            self._volumes.append(Volume(cluster, namespace, source, there))
            self._mounts[path] = there
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._sync)
        self.replicas = []

    def __enter__(self):
        for volume in self._volumes:
            volume.update()
        self._thread.start()
        try:
            for _ in range(self._deployment["spec"]["replicas"]):
                self.replicas.append(Replica(self._program, self._folder, self._container["args"],
                                             self._mounts))
            for replica in self.replicas:
                wait_for("the replica to be ready", lambda r=replica: self._up(r))
        except BaseException:
            self.__exit__()
            raise
        return self

    @staticmethod
    def _up(replica):
        replica.process.require_running()
        return replica.ready() and replica.alive()

    def __exit__(self, *_):
        self._closing.set()
        self._thread.join()
        for replica in self.replicas:
            replica.process.send(signal.SIGTERM)
        codes = [replica.process.wait(30) for replica in self.replicas]
        logs = "".join(replica.process.text()[-2000:] for replica in self.replicas)
        shutil.rmtree(self._folder)
        if any(codes):
            raise AssertionError(f"a replica ended with {codes}:\n{logs}")

    def _sync(self):
        while not self._closing.wait(0.2):
            for volume in self._volumes:
                try:
                    volume.update()
                except AssertionError:  # gone by now: what is mounted stays
                    pass
        self._cluster.disconnect()
