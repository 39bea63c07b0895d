"""Pages of software chosen after the second tuning: Twisted, Go, Rack servers, Slim, and daemons with pages."""

from collections.abc import Iterator
from contextlib import ExitStack

from tests.lab.pages.php import served
from tests.lab.pages.python import script
from tests.lab.pages.room import CLEAN, HOST, Room, Shot
from tests.lab.pages.web import HEALTHY

ERROR = "error_page"
TWISTED = """import sys
from twisted.internet import reactor
from twisted.web import resource, server, static
class Boom(resource.Resource):
    isLeaf = True
    def render_GET(self, request): return {}["tariff"]
root = resource.Resource()
root.putChild(b"boom", Boom()); root.putChild(b"home", static.File("home.html"))
site = server.Site(root); site.displayTracebacks = sys.argv[2] == "debug"
reactor.listenTCP(int(sys.argv[1]), site, interface="127.0.0.1"); reactor.run()
"""
WEBPY = """import sys, web
urls = ("/boom", "Boom")
class Boom:
    def GET(self): return {}["tariff"]
web.config.debug = sys.argv[2] == "debug"
web.httpserver.runsimple(web.application(urls, globals()).wsgifunc(), ("127.0.0.1", int(sys.argv[1])))
"""
GO = {
    "net-http": """package main
import ("net/http"; "net/http/httputil"; "net/url"; "os")
func main() {
	dead, _ := url.Parse("http://127.0.0.1:" + os.Args[2])
	http.Handle("/dead", httputil.NewSingleHostReverseProxy(dead))
	http.HandleFunc("/boom", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "tariff: no such file", 500) })
	http.Handle("/files/", http.StripPrefix("/files/", http.FileServer(http.Dir("www"))))
	http.ListenAndServe("127.0.0.1:"+os.Args[1], nil)
}
""",
    "gin": """package main
import ("github.com/gin-gonic/gin"; "os")
func main() {
	r := gin.New(); r.GET("/boom", func(c *gin.Context) { c.String(500, "no tariff") })
	r.Run("127.0.0.1:" + os.Args[1])
}
""",
    "echo": """package main
import ("errors"; "github.com/labstack/echo"; "os")
func main() {
	e := echo.New(); e.GET("/boom", func(c echo.Context) error { return errors.New("no tariff") })
	e.Start("127.0.0.1:" + os.Args[1])
}
""",
}
RACK = """run ->(env) {
  env['PATH_INFO'] == '/home' ? [200, {'content-type' => 'text/html'}, ['HOME']] : raise('No tariff')
}
"""
SLIM = """<?php
require 'Slim/autoload.php'; $_SERVER['SCRIPT_NAME'] = '/index.php';
$app = new Slim\\App(['settings' => ['displayErrorDetails' => SHOWN]]);
$app->get('/boom', function () { throw new RuntimeException('No tariff'); });
$app->post('/form', function () {});
$app->run();
"""


def twisted(room: Room) -> Iterator[Shot]:
    """Record Twisted Web, with Debian's own interpreter."""
    system = Room(folder=room.folder, python="/usr/bin/python3", node=room.node)
    for mode in ("debug", "plain"):
        with script(system, f"twisted-{mode}", TWISTED, mode) as port:
            by = f"Twisted Web 22, {mode}"
            yield Shot(name=f"twisted-{mode}-500", expect=ERROR, by=f"{by}, an error", port=port, path="/boom")
            if mode == "plain":
                yield Shot(name="twisted-404", expect=ERROR, by=f"{by}, its 404", port=port, path="/none")
                yield Shot(name="twisted-home", expect="", by=f"{by}, healthy", port=port, path="/home")


def webpy(room: Room) -> Iterator[Shot]:
    """Record web.py."""
    for mode in ("debug", "plain"):
        with script(room, f"webpy-{mode}", WEBPY, mode) as port:
            yield Shot(name=f"webpy-{mode}-500", expect=ERROR, by=f"web.py, {mode}, an error", port=port, path="/boom")
            if mode == "plain":
                yield Shot(name="webpy-404", expect=ERROR, by="web.py, its 404", port=port, path="/none")


def golang(room: Room) -> Iterator[Shot]:
    """Record Go's own server, Gin and Echo."""
    room.write("www/notes.txt", "notes")
    env = CLEAN | {
        "GOPATH": "/usr/share/gocode",
        "GO111MODULE": "off",
        "GOCACHE": str(room.folder / "cache"),
        "HOME": "/tmp",
    }
    for name, code in GO.items():
        path = room.write(f"{name}/main.go", code)
        room.run(["go", "build", "-o", str(room.folder / f"{name}.bin"), str(path)], env)
        port, dead = room.port(), room.port()
        with room.serve([str(room.folder / f"{name}.bin"), str(port), str(dead)], port):
            yield Shot(name=f"go-{name}-404", expect=ERROR, by=f"Go {name}, its 404", port=port, path="/none")
            yield Shot(name=f"go-{name}-500", expect=ERROR, by=f"Go {name}, an error", port=port, path="/boom")
            if name == "net-http":
                yield Shot(name="go-listing", expect="", by=f"Go {name}, a folder", port=port, path="/files/")


def rack(room: Room) -> Iterator[Shot]:
    """Record what Unicorn, Thin and WEBrick say for an application that fails, in development and not."""
    path = room.write("config.ru", RACK.replace("HOME", HEALTHY.replace("'", "\\'")))
    for mode in ("development", "deployment"):
        for name, command in (
            ("unicorn", ["unicorn", "-l", "{host}:{port}", "-E", mode, str(path)]),
            ("thin", ["thin", "-a", HOST, "-p", "{port}", "-e", mode, "-R", str(path), "start"]),
            ("webrick", ["rackup", "-s", "webrick", "-o", HOST, "-p", "{port}", "-E", mode, str(path)]),
        ):
            port = room.port()
            with room.serve([part.format(host=HOST, port=port) for part in command], port, CLEAN | {"RACK_ENV": mode}):
                if (name, mode) != ("unicorn", "deployment"):  # which answers with no body at all
                    by = f"{name}, {mode}, an error"
                    yield Shot(name=f"{name}-{mode}-500", expect=ERROR, by=by, port=port)
                if mode == "deployment":
                    yield Shot(name=f"{name}-home", expect="", by=f"{name}, healthy", port=port, path="/home")


def slim(room: Room) -> Iterator[Shot]:
    """Record Slim 3: its errors, its 404 and its 405."""
    for shown in ("true", "false"):
        router = room.write(f"{shown}.php", SLIM.replace("SHOWN", shown))
        with served(room, room.folder, ("display_errors=0", "error_reporting=0"), str(router)) as port:
            yield Shot(name=f"slim-{shown}-500", expect=ERROR, by=f"Slim 3, details {shown}", port=port, path="/boom")
            if shown == "false":
                yield Shot(name="slim-404", expect=ERROR, by="Slim 3, its 404", port=port, path="/none")
                yield Shot(name="slim-405", expect=ERROR, by="Slim 3, its 405", port=port, path="/form")


def git_pages(room: Room) -> Iterator[Shot]:
    """Record cgit and gitweb behind nginx and fcgiwrap: a repository, one that is not there, and none at all."""
    port, pool = room.port(), room.port()
    room.run(["git", "init", "-q", "--bare", "repos/site.git"])
    room.run(["git", "init", "-q", "--bare", "nothing/.keep"])
    room.write("cgit.rc", f"scan-path={room.folder}/repos\nvirtual-root=/cgit/\n")
    room.write("gitweb.conf", f'$projectroot = "{room.folder}/repos"; $omit_owner = 1;\n')
    common = f"include /etc/nginx/fastcgi_params; fastcgi_pass {HOST}:{pool};"
    room.write(
        "nginx.conf",
        f"""daemon off; pid {room.folder}/nginx.pid; error_log {room.folder}/e.log; user root; events {{}}
http {{ access_log off; server {{ listen {HOST}:{port};
 location ~ ^/cgit(/.*)?$ {{ {common} fastcgi_param SCRIPT_FILENAME /usr/lib/cgit/cgit.cgi; fastcgi_param PATH_INFO $1;
  fastcgi_param CGIT_CONFIG {room.folder}/cgit.rc; }}
 location /gitweb {{ {common} fastcgi_param SCRIPT_FILENAME /usr/share/gitweb/gitweb.cgi;
  fastcgi_param GITWEB_CONFIG {room.folder}/gitweb.conf; }}
 location /absent {{ {common} fastcgi_param SCRIPT_FILENAME /srv/absent.cgi; }} }} }}""",
    )
    nginx = ["nginx", "-c", str(room.folder / "nginx.conf")]
    with room.serve(["fcgiwrap", "-s", f"tcp:{HOST}:{pool}"], pool), room.serve(nginx, port):
        yield Shot(name="cgit-home", expect="", by="cgit 1.2, healthy", port=port, path="/cgit/")
        yield Shot(name="cgit-404", expect=ERROR, by="cgit 1.2, no such repository", port=port, path="/cgit/none/")
        yield Shot(name="gitweb-home", expect="", by="gitweb 2.39, healthy", port=port, path="/gitweb/")
        yield Shot(
            name="gitweb-404", expect=ERROR, by="gitweb 2.39, no such project", port=port, path="/gitweb/?p=none"
        )
        yield Shot(name="fcgiwrap-absent", expect=ERROR, by="fcgiwrap, no such script", port=port, path="/absent")


def daemons(room: Room) -> Iterator[Shot]:
    """Record daemons with pages of their own: busybox httpd, Alertmanager, Syncthing, Transmission, Monit."""
    room.folder.chmod(0o777)
    room.write("www/index.html", HEALTHY)
    home = CLEAN | {"HOME": str(room.folder)}
    port = room.port()
    with room.serve(["busybox", "httpd", "-f", "-p", f"{HOST}:{port}", "-h", str(room.folder / "www")], port):
        yield Shot(name="busybox-404", expect=ERROR, by="busybox httpd, its 404", port=port, path="/none")
    port = room.port()
    with ExitStack() as running:
        command = ["prometheus-alertmanager", f"--web.listen-address={HOST}:{port}", "--cluster.listen-address="]
        conf = room.write("am.yml", "route: { receiver: none }\nreceivers: [{ name: none }]\n")
        running.enter_context(
            room.serve([*command, f"--config.file={conf}", f"--storage.path={room.folder}/am"], port, home)
        )
        yield Shot(name="alertmanager-404", expect=ERROR, by="Alertmanager 0.25, its 404", port=port, path="/none")
        yield Shot(name="alertmanager-home", expect="", by="Alertmanager 0.25, its page", port=port)
    port = room.port()
    command = ["syncthing", "serve", f"--gui-address={HOST}:{port}", "--no-browser", "--no-default-folder"]
    with room.serve([*command, f"--home={room.folder}/st"], port, home):
        local = (("Host", f"{HOST}:{port}"),)
        yield Shot(name="syncthing-home", expect="", by="Syncthing 1.19, its page", port=port, headers=local)
        yield Shot(name="syncthing-host", expect=ERROR, by="Syncthing 1.19, a host not allowed", port=port)
    port = room.port()
    command = ["transmission-daemon", "-f", "-g", str(room.folder / "tr"), "-p", str(port), "-r", HOST]
    with room.serve(command, port, home):
        local = (("Host", "localhost"),)
        yield Shot(
            name="transmission-home",
            expect="",
            by="Transmission 3, its page",
            port=port,
            path="/transmission/web/",
            headers=local,
        )
        yield Shot(
            name="transmission-421",
            expect=ERROR,
            by="Transmission 3, a host not allowed",
            port=port,
            path="/transmission/rpc",
        )
    port = room.port()
    conf = room.write("monitrc", f"set daemon 30\nset httpd port {port} and use address {HOST}\n allow admin:monit\n")
    conf.chmod(0o600)
    command = ["monit", "-I", "-c", str(conf), "-s", str(room.folder / "state"), "-p", str(room.folder / "pid")]
    with room.serve(command, port, home):
        yield Shot(name="monit-401", expect=ERROR, by="Monit 5.33, no password", port=port)


MAKERS = (twisted, webpy, golang, rack, slim, git_pages, daemons)
