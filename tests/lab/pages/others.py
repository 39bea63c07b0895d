"""Pages of Tomcat, Jetty, Rails, Sinatra, Puma, Mono's ASP.NET, Laravel and Symfony."""

from collections.abc import Iterator
from textwrap import dedent

from tests.lab.pages.php import served
from tests.lab.pages.room import CLEAN, HOST, Room, Shot
from tests.lab.pages.web import HEALTHY

SERVER_XML = """<Server port="-1"><Service name="Catalina">
<Connector port="{port}" address="127.0.0.1" protocol="HTTP/1.1"/>
<Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps"/></Engine></Service></Server>
"""
MONO_NGINX = """daemon off; pid {room}/{name}.pid; error_log {room}/e.log; user root; events {{}}
http {{ access_log off; server {{ listen 127.0.0.1:{port}; root {room}/{name}; server_tokens off;
 location / {{ include /etc/nginx/fastcgi_params; fastcgi_param PATH_INFO "";
  fastcgi_param SCRIPT_FILENAME $document_root$uri;
  fastcgi_pass 127.0.0.1:{pool}; }} }} }}
"""
JSP = '<%@ page contentType="text/html" %><html><body><%= {} %></body></html>\n'


def tomcat(room: Room) -> Iterator[Shot]:
    """Record Tomcat's welcome pages, its 404, and JSPs that fail."""
    port = room.port()
    room.copy("/usr/share/tomcat10/etc", "conf")
    room.write("conf/server.xml", SERVER_XML.format(port=port))
    room.copy("/usr/share/tomcat10-root/default_root", "webapps/ROOT")
    room.write("webapps/shop/fails.jsp", JSP.format("((String) null).length()"))
    room.write("webapps/shop/wrong.jsp", JSP.format("nothing.at.all()"))
    room.write("webapps/shop/fine.html", HEALTHY)
    for name in ("logs", "temp", "work"):
        (room.folder / name).mkdir()
    env = CLEAN | {"CATALINA_HOME": "/usr/share/tomcat10", "CATALINA_BASE": str(room.folder), "JAVA_OPTS": "-Xmx256m"}

    def shot(name: str, expect: str, what: str, path: str) -> Shot:
        return Shot(name=f"tomcat-{name}", expect=expect, by=f"Tomcat 10.1, {what}", port=port, path=path)

    with room.serve(["/usr/share/tomcat10/bin/catalina.sh", "run"], port, env):
        yield shot("debian-default", "error_page", "Debian's default page", "/")
        yield shot("healthy", "", "a healthy page", "/shop/fine.html")
        yield shot("404", "error_page", "its 404", "/shop/none")
        yield shot("500", "error_page", "a JSP with a null pointer", "/shop/fails.jsp")
        yield shot("500-compile", "error_page", "a JSP that does not compile", "/shop/wrong.jsp")


def jetty(room: Room) -> Iterator[Shot]:
    """Record Jetty's 404 that lists contexts, its own 404, and an application that does not start."""
    port = room.port()
    room.write("webapps/shop/fine.html", HEALTHY)
    room.write(
        "webapps/broken/WEB-INF/web.xml",
        "<web-app><servlet><servlet-name>x</servlet-name><servlet-class>no.Such</servlet-class>"
        "<load-on-startup>1</load-on-startup></servlet><servlet-mapping><servlet-name>x</servlet-name><url-pattern>/</url-pattern>"
        "</servlet-mapping></web-app>",
    )
    command = [
        "java",
        "-Xmx256m",
        "-jar",
        "/usr/share/jetty9/start.jar",
        f"jetty.base={room.folder}",
        "jetty.home=/usr/share/jetty9",
    ]
    command += ["--module=http,deploy,webapp,servlet", f"jetty.http.port={port}", f"jetty.http.host={HOST}"]
    with room.serve(command, port):
        yield Shot(name="jetty-no-context", expect="error_page", by="Jetty 9.4, no context on this host", port=port)
        yield Shot(name="jetty-404", expect="error_page", by="Jetty 9.4, its 404", port=port, path="/shop/none")
        yield Shot(
            name="jetty-unavailable",
            expect="error_page",
            by="Jetty 9.4, an application that failed",
            port=port,
            path="/broken/x",
        )


RAILS = """
require "rails"
require "action_controller/railtie"
class Site < Rails::Application
  config.root = __dir__
  config.eager_load = false
  config.consider_all_requests_local = MODE == "local"
  config.secret_key_base = "x" * 64
  config.logger = Logger.new(nil)
  config.hosts = ["www.example.test"] if MODE == "local"
end
class PagesController < ActionController::Base
  def home; render html: File.read("home.html").html_safe; end
  def boom; nil.tariff; end
  def view; render :absent; end
end
Rails.application.initialize!
Rails.application.routes.draw { get "/home", to: "pages#home"; get "/boom", to: "pages#boom"
  get "/view", to: "pages#view" }
run Rails.application
"""
SINATRA = """
require "sinatra/base"
class Site < Sinatra::Base
  set :environment, MODE.to_sym
  set :show_exceptions, MODE == "development"
  set :raise_errors, false
  set :dump_errors, false
  get("/boom") { nil.tariff }
end
run Site
"""
PUMA = 'run ->(env) { raise "No tariff" }\n'


def _rack(room: Room, name: str, code: str, mode: str, port: int) -> list[str]:
    path = room.write(f"{name}.ru", f'MODE = "{mode}"\n{code}')
    return ["puma", "-b", f"tcp://{HOST}:{port}", "-q", "-t", "1:1", str(path)]


def ruby(room: Room) -> Iterator[Shot]:
    """Record Rails as developers and as visitors see it, Sinatra, and Puma's own."""
    room.write("home.html", HEALTHY)
    port = room.port()
    local = CLEAN | {"RAILS_ENV": "development", "HOME": str(room.folder)}
    with room.serve(_rack(room, "local", RAILS, "local", port), port, local):
        yield Shot(name="rails-healthy", expect="", by="Rails 6.1, a healthy page", port=port, path="/home")
        yield Shot(
            name="rails-debug-500",
            expect="error_page",
            by="Rails 6.1, development, NoMethodError",
            port=port,
            path="/boom",
        )
        yield Shot(
            name="rails-debug-404", expect="error_page", by="Rails 6.1, development, no route", port=port, path="/none"
        )
        yield Shot(
            name="rails-debug-view",
            expect="error_page",
            by="Rails 6.1, development, no template",
            port=port,
            path="/view",
        )
        other = (("Host", "shop.example.test"),)
        yield Shot(
            name="rails-host",
            expect="error_page",
            by="Rails 6.1, a host not allowed",
            port=port,
            path="/home",
            headers=other,
        )
    generated = room.folder / "generated"
    options = "--skip-bundle --skip-git --skip-webpack-install --skip-javascript --skip-active-record --skip-test"
    room.run(["rails", "new", "generated", *options.split()], local)
    room.copy(str(generated / "public"), "public")
    port = room.port()
    public = CLEAN | {"RAILS_ENV": "production", "HOME": str(room.folder)}
    with room.serve(_rack(room, "public", RAILS, "public", port), port, public):
        yield Shot(name="rails-500", expect="error_page", by="Rails 6.1, production, an error", port=port, path="/boom")
        yield Shot(name="rails-404", expect="error_page", by="Rails 6.1, production, its 404", port=port, path="/none")
    for mode in ("development", "production"):
        port = room.port()
        with room.serve(_rack(room, mode, SINATRA, mode, port), port, CLEAN | {"APP_ENV": mode}):
            by = f"Sinatra 3.0, {mode}, an error"
            yield Shot(name=f"sinatra-{mode}-500", expect="error_page", by=by, port=port, path="/boom")
            by = f"Sinatra 3.0, {mode}, its 404"
            yield Shot(name=f"sinatra-{mode}-404", expect="error_page", by=by, port=port, path="/none")
    for mode in ("development", "production"):
        port = room.port()
        with room.serve(_rack(room, f"puma-{mode}", PUMA, mode, port), port, CLEAN | {"RACK_ENV": mode}):
            yield Shot(name=f"puma-{mode}-500", expect="error_page", by=f"Puma 5.6, {mode}, an error", port=port)


def mono(room: Room) -> Iterator[Shot]:
    """Record ASP.NET (Mono's) with a page that fails, one that does not compile, one missing, and custom errors on."""
    page = '<%@ Page Language="C#" %><html><body><% {} %></body></html>\n'
    for name, custom in (("shown", "Off"), ("hidden", "On")):
        config = f'<configuration><system.web><customErrors mode="{custom}"/></system.web></configuration>'
        room.write(f"{name}/web.config", config)
        room.write(f"{name}/fails.aspx", page.format('throw new System.Exception("No tariff");'))
        room.write(f"{name}/wrong.aspx", page.format("Nothing.At.All();"))
        port, pool = room.port(), room.port()
        room.write(f"{name}.conf", MONO_NGINX.format(room=room.folder, name=name, port=port, pool=pool))
        env = CLEAN | {"HOME": str(room.folder)}
        command = ["fastcgi-mono-server4", f"/socket=tcp:{HOST}:{pool}", f"/applications=/:{room.folder / name}"]
        with room.serve(command, pool, env), room.serve(["nginx", "-c", str(room.folder / f"{name}.conf")], port):
            by = f"Mono 6.8 FastCGI server, customErrors {custom}"
            yield Shot(
                name=f"aspnet-{name}-500", expect="error_page", by=f"{by}, an exception", port=port, path="/fails.aspx"
            )
            yield Shot(
                name=f"aspnet-{name}-404", expect="error_page", by=f"{by}, its 404", port=port, path="/none.aspx"
            )
            if name == "shown":
                yield Shot(
                    name="aspnet-compile",
                    expect="error_page",
                    by=f"{by}, does not compile",
                    port=port,
                    path="/wrong.aspx",
                )


SYMFONY = """<?php
require 'Symfony/Bundle/FrameworkBundle/autoload.php';
use Symfony\\Bundle\\FrameworkBundle\\Kernel\\MicroKernelTrait;
use Symfony\\Component\\DependencyInjection\\Loader\\Configurator\\ContainerConfigurator;
use Symfony\\Component\\Routing\\Loader\\Configurator\\RoutingConfigurator;
use Symfony\\Component\\HttpFoundation\\{Request, Response};
if (DEBUG) Symfony\\Component\\ErrorHandler\\Debug::enable();
class Kernel extends Symfony\\Component\\HttpKernel\\Kernel {
    use MicroKernelTrait;
    public function registerBundles(): iterable { return [new Symfony\\Bundle\\FrameworkBundle\\FrameworkBundle()]; }
    public function getProjectDir(): string { return __DIR__ . (DEBUG ? '/debug' : '/plain'); }
    protected function configureContainer(ContainerConfigurator $c): void {
        $c->extension('framework', ['secret' => 's', 'http_method_override' => false, 'test' => false]); }
    protected function configureRoutes(RoutingConfigurator $r): void {
        $r->add('boom', '/boom')->controller([$this, 'boom']); }
    public function boom(): Response { throw new RuntimeException('No tariff'); }
}
$kernel = new Kernel(DEBUG ? 'dev' : 'prod', DEBUG);
$response = $kernel->handle($request = Request::createFromGlobals()); $response->send();
$kernel->terminate($request, $response);
"""


def symfony(room: Room) -> Iterator[Shot]:
    """Record Symfony in development and production."""
    for mode, debug in (("debug", "true"), ("plain", "false")):
        code = SYMFONY.replace("<?php", f"<?php\nconst DEBUG = {debug};", 1)
        room.write(f"{mode}/config/.keep", "")
        router = room.write(f"{mode}.php", code)
        with served(room, room.folder / mode, ("display_errors=0", "error_reporting=8191"), str(router)) as port:
            by = f"Symfony 5.4, {mode}"
            yield Shot(
                name=f"symfony-{mode}-500", expect="error_page", by=f"{by}, an exception", port=port, path="/boom"
            )
            yield Shot(name=f"symfony-{mode}-404", expect="error_page", by=f"{by}, no route", port=port, path="/none")


LARAVEL = """<?php
require 'Illuminate/autoload.php';
putenv('APP_KEY=base64:' . base64_encode(str_repeat('k', 32)));
class HttpKernel extends Illuminate\\Foundation\\Http\\Kernel {
  protected $middleware = [Illuminate\\Foundation\\Http\\Middleware\\PreventRequestsDuringMaintenance::class]; }
class ConsoleKernel extends Illuminate\\Foundation\\Console\\Kernel {}
$app = new Illuminate\\Foundation\\Application(__DIR__ . '/app');
$app->singleton(Illuminate\\Contracts\\Http\\Kernel::class, HttpKernel::class);
$app->singleton(Illuminate\\Contracts\\Debug\\ExceptionHandler::class,
  Illuminate\\Foundation\\Exceptions\\Handler::class);
$app->booted(function () use ($app) {
  $app['router']->get('/boom', function () { throw new RuntimeException('No tariff'); });
  $app['router']->get('/busy', function () { abort(503); });
  $app['router']->get('/expired', function () { abort(419); });
  $app['router']->get('/home', function () { return file_get_contents(dirname(__DIR__ . '/x') . '/home.html'); });
});
$kernel = $app->make(Illuminate\\Contracts\\Http\\Kernel::class);
$response = $kernel->handle($request = Illuminate\\Http\\Request::capture()); $response->send();
"""
LARAVEL_CONFIG = """
<?php return ['debug' => DEBUG, 'env' => 'x', 'name' => 'Site', 'url' => 'http://www.example.test',
 'timezone' => 'UTC', 'locale' => 'en',
 'fallback_locale' => 'en', 'key' => 'base64:' . base64_encode(str_repeat('k', 32)),
 'cipher' => 'AES-256-CBC', 'aliases' => [],
 'providers' => ['Illuminate\\\\Cache\\\\CacheServiceProvider',
  'Illuminate\\\\Filesystem\\\\FilesystemServiceProvider',
  'Illuminate\\\\Foundation\\\\Providers\\\\FoundationServiceProvider', 'Illuminate\\\\View\\\\ViewServiceProvider',
  'Illuminate\\\\Translation\\\\TranslationServiceProvider', 'Illuminate\\\\Encryption\\\\EncryptionServiceProvider',
  'Illuminate\\\\Validation\\\\ValidationServiceProvider', 'Illuminate\\\\Session\\\\SessionServiceProvider']];
"""


def laravel(room: Room) -> Iterator[Shot]:
    """Record Laravel in development, in production and in maintenance."""
    room.write("home.html", HEALTHY)
    views = "<?php return ['paths' => [dirname(__DIR__) . '/views'], 'compiled' => dirname(__DIR__) . '/storage'];"
    for mode, debug in (("debug", "true"), ("plain", "false")):
        room.write("app/config/app.php", dedent(LARAVEL_CONFIG).strip().replace("DEBUG", debug))
        room.write("app/config/view.php", views)
        room.write(
            "app/config/logging.php",
            "<?php return ['default' => 'n', 'channels' => ['n' => ['driver' => 'errorlog']]];",
        )
        room.write(
            "app/config/session.php", "<?php return ['driver' => 'array', 'lottery' => [0, 1], 'cookie' => 's'];"
        )
        room.write(
            "app/config/cache.php",
            "<?php return ['default' => 'array', 'stores' => ['array' => ['driver' => 'array']]];",
        )
        for folder in ("app/bootstrap/cache", "app/storage/framework", "app/storage/logs", "app/views"):
            (room.folder / folder).mkdir(parents=True, exist_ok=True)
        room.write("app/composer.json", '{"autoload": {"psr-4": {"App\\\\": "app/"}}}')
        router = room.write(f"{mode}.php", LARAVEL)
        with served(room, room.folder / "app", ("display_errors=0", "error_reporting=8191"), str(router)) as port:
            by = f"Laravel 8.83, {mode}"
            yield Shot(
                name=f"laravel-{mode}-500", expect="error_page", by=f"{by}, an exception", port=port, path="/boom"
            )
            yield Shot(name=f"laravel-{mode}-404", expect="error_page", by=f"{by}, no route", port=port, path="/none")
            if mode == "plain":
                yield Shot(name="laravel-healthy", expect="", by=f"{by}, a healthy page", port=port, path="/home")
                yield Shot(name="laravel-419", expect="error_page", by=f"{by}, abort(419)", port=port, path="/expired")
                room.write("app/storage/framework/down", '{"status":503}')
                yield Shot(
                    name="laravel-down", expect="maintenance_page", by=f"{by}, artisan down", port=port, path="/home"
                )


MAKERS = (tomcat, jetty, ruby, mono, symfony, laravel)
