"""What kube-proxy does for a Service: one address, behind it whoever is ready.

A new connection goes to one of the backends that are ready at that moment, in turn; a connection
that stands stays where it is until one of its ends closes it.
"""
import itertools
import selectors
import socket
import threading


class Service:
    """Use with `with`. `backends`: things with a port and ready(); may be replaced at any time."""

    def __init__(self, address, port):
        self.backends = []
        self.refused = 0  # connections for which there was no backend
        self._turn = itertools.count()
        self._closing = threading.Event()
        self._listener = socket.create_server((address, port), backlog=128)
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self):
        self._threads[0].start()
        return self

    def __exit__(self, *_):
        self._closing.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self):
        self._listener.settimeout(0.1)
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            backend = self._connect()
            if not backend:
                self.refused += 1
                client.close()
                continue
            self._threads.append(threading.Thread(target=self._carry, args=(client, backend)))
            self._threads[-1].start()

    def _connect(self):
        ready = [backend for backend in self.backends if backend.ready()]
        if not ready:
            return None
        chosen = ready[next(self._turn) % len(ready)]
        try:
            return socket.create_connection(("127.0.0.1", chosen.port), 5)
        except OSError:
            return None

    def _carry(self, client, backend):
        """Carries bytes both ways until both ends have said that they are done."""
        with selectors.DefaultSelector() as selector, client, backend:
            for one, other in ((client, backend), (backend, client)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                one.settimeout(10)
                selector.register(one, selectors.EVENT_READ, other)
            while selector.get_map() and not self._closing.is_set():
                for key, _ in selector.select(0.1):
                    try:
                        data = key.fileobj.recv(65536)
                        key.data.sendall(data) if data else key.data.shutdown(socket.SHUT_WR)
                    except OSError:
                        return
                    if not data:
                        selector.unregister(key.fileobj)
