"""Pages of WordPress 6.5 with Twenty Twenty-Four, and 6.3 as a network, healthy and broken in ways of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.lab.pages.cms import CONFIG
from tests.lab.pages.eighth import BLANK, ERROR, MAINTENANCE, install, unpack
from tests.lab.pages.php import database, served
from tests.lab.pages.room import Room, Shot

DROP_IN = """<?php http_response_code(503); header('Retry-After: 600'); ?><!doctype html><html lang="pt-BR"><head>
<title>Voltamos já</title></head><body><h1>Estamos em manutenção</h1>
<p>A loja está sendo atualizada e volta em alguns minutos. Obrigado pela paciência.</p></body></html>
"""
DB_ERROR = """<?php http_response_code(503); ?><!doctype html><html><head><title>Banco de dados</title></head><body>
<h1>Problema temporário com o banco de dados</h1><p>Nossa equipe já foi avisada.</p></body></html>
"""
NETWORK = """
define('MULTISITE', true); define('SUBDOMAIN_INSTALL', true); define('DOMAIN_CURRENT_SITE', 'www.example.test');
define('PATH_CURRENT_SITE', '/'); define('SITE_ID_CURRENT_SITE', 1); define('BLOG_ID_CURRENT_SITE', 1);
"""
MAKE_NETWORK = """<?php
$_SERVER['HTTP_HOST'] = 'www.example.test'; require 'www/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php'; foreach ($wpdb->tables('ms_global') as $t => $p) $wpdb->$t = $p;
install_network(); populate_network(1, 'www.example.test', 'a@example.test', 'Rede', '/', true);
"""
CHANGE_SITE = """<?php
$_SERVER['HTTP_HOST'] = 'www.example.test'; require 'www/wp-load.php'; update_blog_status(1, '%s', 1);
"""
PLUGINS = (  # name, kind, what its only file says
    ("memory", ERROR, "<?php ini_set('memory_limit', '96M'); $x = []; while (true) $x[] = str_repeat('x', 999999);"),
    ("exception", ERROR, "<?php add_action('wp_head', function () { throw new Exception('Licence server'); });"),
    ("notice", ERROR, "<?php add_action('wp_footer', function () { echo $nada['x']; });"),
    ("missing", ERROR, "<?php require_once __DIR__ . '/shop/vendor/autoload.php';"),
    ("exit", BLANK, "<?php add_action('template_redirect', function () { exit; });"),
    ("doing-wrong", ERROR, "<?php wp_enqueue_script('x', '/x.js'); wp_get_current_user();"),
    ("closed", MAINTENANCE, ("<?php add_action('template_redirect', function () {"
     "wp_die('<h1>Em manutenção</h1><p>Voltamos em breve!</p>', 'Em manutenção', ['response' => 503]); });")),
)  # fmt: skip


def _shots(prefix: str, version: str) -> Callable[..., Shot]:
    def shot(name: str, expect: str, port: int, path: str = "/") -> Shot:
        by = f"WordPress {version}, {name}"
        return Shot(name=f"{prefix}-{name}", expect=expect, by=by, port=port, path=path)

    return shot


def _healthy(shot: Callable[..., Shot], port: int) -> Iterator[Shot]:
    for name, path in (
        ("home", "/"), ("search", "/?s=nenhuma"), ("found", "/?s=madeira"), ("category", "/?cat=1"),
        ("author", "/?author=1"), ("login", "/wp-login.php"), ("sitemap", "/?sitemap=index"), ("atom", "/?feed=atom"),
        ("rest", "/?rest_route=/wp/v2/pages"), ("robots", "/?robots=1"), ("soon", "/?name=nova-colecao-em-breve"),
        ("protected", "/?name=tabela-de-precos"), ("register", "/wp-login.php?action=lostpassword"),
    ):  # fmt: skip
        yield shot(name, "", port, path)


def eighth_wordpress(room: Room) -> Iterator[Shot]:
    """Record WordPress 6.5 in Portuguese of Brazil: whole, with bad plugins and themes, without its database."""
    shot, www = _shots("wp65", "6.5, pt_BR"), unpack(room, "6.5")
    router, config = str(room.folder / "router.php"), www / "wp-config.php"
    with (
        served(room, www, ("display_errors=0",), router) as port,
        served(room, www, ("display_errors=1",), router) as shown,
    ):
        with database(room) as db:
            config.write_text(CONFIG % (db, "false"))
            install(room, "twentytwentyfour", "pt_BR")
            room.write("lang.php", "<?php $_SERVER['HTTP_HOST']='x'; require 'www/wp-load.php';"
                       "update_option('WPLANG', 'pt_BR');")  # fmt: skip
            room.run(["php", "-d", "error_log=/dev/null", "lang.php"])
            yield from _healthy(shot, port)
            yield shot("recovery-link", ERROR, port, "/wp-login.php?action=enter_recovery_mode&rm_token=x&rm_key=y")
            yield from _plugins(www, shot, port, shown)
            yield from _broken(www, shot, port, shown)
            config.write_text(CONFIG % (db, "true"))
            room.run(["mariadb", "--no-defaults", f"--socket={room.folder}/db.sock", "-u", "root", "site"],
                     text="drop table wp_posts; drop table wp_term_relationships;")  # fmt: skip
            yield shot("table-gone", ERROR, shown)
            yield shot("table-gone-feed", ERROR, shown, "/?feed=rss2")
        yield shot("dead-debug", ERROR, port)
        (www / "wp-content/db-error.php").write_text(DB_ERROR)
        yield shot("dead-own", ERROR, port)
        (www / "wp-includes/class-wpdb.php").unlink()
        yield shot("core-missing", ERROR, shown)
        config.write_text("<?php\ndefine('DB_NAME', 'site')\ndefine('DB_USER', 'site');\n")
        yield shot("config-syntax", ERROR, shown)


def _plugins(www: Path, shot: Callable[..., Shot], port: int, shown: int) -> Iterator[Shot]:
    plugin = www / "wp-content/mu-plugins/shop.php"
    plugin.parent.mkdir(exist_ok=True)
    for name, expect, text in PLUGINS:
        plugin.write_text(text)
        if name != "closed" and expect == ERROR:
            yield shot(f"plugin-{name}-shown", expect, shown)
        if name not in {"notice", "doing-wrong"}:
            hidden = BLANK if name in {"exception", "memory"} else expect
            yield shot(f"plugin-{name}", hidden, port)
    plugin.unlink()


def _broken(www: Path, shot: Callable[..., Shot], port: int, shown: int) -> Iterator[Shot]:
    theme = www / "wp-content/themes/twentytwentyfour"
    (www / "wp-content/maintenance.php").write_text(DROP_IN)
    (www / ".maintenance").write_text("<?php $upgrading = time() + 300;")
    yield shot("maintenance-drop-in", MAINTENANCE, port)
    (www / "wp-content/maintenance.php").unlink()
    (www / ".maintenance").unlink()
    (theme / "functions.php").write_text("<?php\nfunction shop_setup() {\n  add_theme_support('menus';\n}\n")
    yield shot("theme-syntax-shown", ERROR, shown)
    yield shot("theme-syntax-login", ERROR, port, "/wp-login.php")
    (theme / "functions.php").write_text("<?php include get_template_directory() . '/inc/setup.php';")
    yield shot("theme-include-shown", ERROR, shown)
    (theme / "functions.php").unlink()


def eighth_network(room: Room) -> Iterator[Shot]:
    """Record WordPress 6.3 as a network of sites: whole, archived and closed."""
    shot, www = _shots("wp63", "6.3, a network"), unpack(room, "6.3")
    router, config = str(room.folder / "router.php"), www / "wp-config.php"
    with served(room, www, ("display_errors=0",), router) as port, database(room) as db:
        plain = CONFIG % (db, "false")
        config.write_text(plain)
        install(room, "twentytwentythree", "")
        config.write_text(plain.replace("$table", "define('WP_ALLOW_MULTISITE', true);\n$table", 1))
        room.write("network.php", MAKE_NETWORK)
        room.run(["php", "-d", "error_log=/dev/null", "-d", "display_errors=0", "network.php"])
        config.write_text(plain.replace("$table", NETWORK + "$table", 1))
        yield shot("network-home", "", port)
        yield shot("network-search", "", port, "/?s=cadeira")
        for status in ("archived", "deleted"):
            room.write("change.php", CHANGE_SITE % status)
            room.run(["php", "-d", "error_log=/dev/null", "-d", "display_errors=0", "change.php"])
            yield shot(f"network-{status}", ERROR, port)
            room.write("change.php", (CHANGE_SITE % status).replace(", 1);", ", 0);"))
            room.run(["mariadb", "--no-defaults", f"--socket={room.folder}/db.sock", "-u", "root", "site"],
                     text="update wp_blogs set archived = 0, deleted = 0, spam = 0;")  # fmt: skip


MAKERS = (eighth_wordpress, eighth_network)
