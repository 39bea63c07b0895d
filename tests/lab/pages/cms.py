"""Pages of applications in PHP, healthy and broken: WordPress, MediaWiki, DokuWiki, phpMyAdmin."""

from collections.abc import Iterator
from pathlib import Path

from tests.lab.pages.php import database, served
from tests.lab.pages.room import Room, Shot

CONFIG = """<?php
define('DB_NAME', 'site'); define('DB_USER', 'site'); define('DB_PASSWORD', 'site');
define('DB_HOST', '127.0.0.1:%d'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_DEBUG', %s); define('WP_DEBUG_DISPLAY', true); define('DISABLE_WP_CRON', true);
define('WP_HTTP_BLOCK_EXTERNAL', true); define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_HOME', 'http://www.example.test'); define('WP_SITEURL', 'http://www.example.test');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
INSTALL = """<?php
define('WP_INSTALLING', true); $_SERVER['HTTP_HOST'] = 'www.example.test'; $_SERVER['REQUEST_URI'] = '/';
function wp_new_blog_notification() {}
require 'www/wp-load.php'; require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Menuiserie Durand', 'admin', 'a@example.test', true, '', 'Secret-8-words', '%s');
switch_theme('twentytwentythree');
wp_insert_post(['post_title' => 'Maintenance de votre escalier', 'post_status' => 'publish', 'post_type' => 'page',
 'post_name' => 'entretien',
 'post_content' => '<p>Une erreur fréquente : cirer un escalier vitrifié.
  Notre contrat de maintenance annuel évite cela.</p>']);
"""
ROUTER = """<?php
$path = __DIR__ . '/www' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (is_file($path)) return false;
if (is_dir($path) && is_file(rtrim($path, '/') . '/index.php') && $path !== __DIR__ . '/www/') return false;
chdir(__DIR__ . '/www'); $_SERVER['SCRIPT_NAME'] = '/index.php'; require __DIR__ . '/www/index.php';
"""


def _wordpress(room: Room) -> Path:
    www = room.copy("/usr/share/wordpress", "www")
    room.copy("/usr/share/wordpress/wp-content/themes/twentytwentythree", "www/wp-content/themes/twentytwentythree")
    (www / "wp-config.php").unlink()
    room.write("router.php", ROUTER)
    return www


def wordpress(room: Room) -> Iterator[Shot]:
    """Record WordPress whole, in French too, and broken in the ways its owners know."""
    www, router = _wordpress(room), str(room.folder / "router.php")
    hidden = ("display_errors=0",)
    theme = www / "wp-content/themes/twentytwentythree"

    def shot(name: str, expect: str, what: str, port: int, path: str = "/") -> Shot:
        return Shot(name=f"wordpress-{name}", expect=expect, by=f"WordPress 6.1, {what}", port=port, path=path)

    with served(room, www, hidden, router) as port:
        yield shot("setup", "error_page", "without wp-config.php", port, "/wp-admin/setup-config.php")
        with database(room) as db:
            (www / "wp-config.php").write_text(CONFIG % (db, "false"))
            yield shot("install", "error_page", "an empty database", port, "/wp-admin/install.php")
            for language in ("", "fr_FR"):
                room.write("install.php", INSTALL % language)
                room.run(["php", "-d", "error_log=/dev/null", "install.php"])
                suffix = "-fr" if language else ""
                if language:
                    set_language = (
                        "<?php $_SERVER['HTTP_HOST']='x'; require 'www/wp-load.php'; update_option('WPLANG', 'fr_FR');"
                    )
                    room.write("lang.php", set_language)
                    room.run(["php", "-d", "error_log=/dev/null", "lang.php"])
                yield shot(f"home{suffix}", "", "healthy, its home page", port)
                yield shot(f"post{suffix}", "", "healthy, a post", port, "/?p=1")
                yield shot(f"404{suffix}", "", "healthy, its own 404", port, "/?p=999")
                yield shot(f"login{suffix}", "", "healthy, its login form", port, "/wp-login.php")
                (www / ".maintenance").write_text("<?php $upgrading = time() + 300;")
                yield shot(f"maintenance{suffix}", "maintenance_page", "in maintenance mode", port)
                (www / ".maintenance").unlink()
                (theme / "functions.php").write_text("<?php nulle_part();")
                yield shot(f"critical{suffix}", "error_page", "a fatal error in the theme", port)
                (theme / "functions.php").unlink()
            yield shot("page", "", "healthy, a page about maintenance", port, "/?page_id=" + _page(room))
            yield shot("feed", "", "healthy, its feed", port, "/?feed=rss2")
            (theme / "functions.php").write_text("<?php echo $rien;")
            (www / "wp-config.php").write_text(CONFIG % (db, "true"))
            with served(room, www, (), router) as shown:
                yield shot("debug-warning", "error_page", "WP_DEBUG and a warning in the theme", shown)
                (theme / "functions.php").write_text("<?php nulle_part();")
                yield shot("debug-fatal", "error_page", "WP_DEBUG and a fatal error in the theme", shown)
            (theme / "functions.php").unlink()
            (www / "wp-config.php").write_text(CONFIG % (db, "false"))
            theme.rename(room.folder / "theme-away")
            yield shot("no-theme", "blank_page", "its theme gone: the white screen", port)
            (room.folder / "theme-away").rename(theme)
            (www / "wp-config.php").write_text((CONFIG % (db, "false")).replace("'site')", "'none')", 1))
            yield shot("no-database", "error_page", "a database that is not there", port)
            (www / "wp-config.php").write_text(CONFIG % (db, "false"))
        yield shot("db-stopped", "error_page", "MariaDB stopped", port)
        yield shot("db-stopped-login", "error_page", "MariaDB stopped, login form asked", port, "/wp-login.php")


def _page(room: Room) -> str:
    room.write(
        "page.php",
        "<?php $_SERVER['HTTP_HOST']='x'; require 'www/wp-load.php'; echo get_page_by_path('entretien')->ID;",
    )
    return room.run(["php", "-d", "error_log=/dev/null", "page.php"]).strip()


def mediawiki(room: Room) -> Iterator[Shot]:
    """Record MediaWiki whole, unconfigured, read-only, and without its database."""
    www = room.copy("/usr/share/mediawiki", "www")
    (www / "LocalSettings.php").unlink(missing_ok=True)

    def shot(name: str, expect: str, what: str, port: int, path: str = "/index.php") -> Shot:
        return Shot(name=f"mediawiki-{name}", expect=expect, by=f"MediaWiki 1.39, {what}", port=port, path=path)

    with served(room, www, ("display_errors=0",)) as port:
        yield shot("unconfigured", "error_page", "without LocalSettings.php", port)
        with database(room) as db:
            options = [
                "--dbtype=mysql",
                f"--dbserver=127.0.0.1:{db}",
                "--dbname=site",
                "--dbuser=site",
                "--dbpass=site",
            ]
            options += ["--pass=Secret-8-words", "--server=http://www.example.test", "--scriptpath=", "--skins=Vector"]
            room.run(["php", "www/maintenance/install.php", *options, "Atelier", "Admin"])
            yield shot("home", "", "healthy, its main page", port, "/index.php/Main_Page")
            yield shot("missing", "", "healthy, a page not written yet", port, "/index.php/Maintenance")
            with (www / "LocalSettings.php").open("a") as settings:
                settings.write("\n$wgReadOnly = 'Scheduled maintenance';\n")
            yield shot("read-only", "", "healthy to read, read-only", port, "/index.php/Main_Page")
        yield shot("db-stopped", "error_page", "MariaDB stopped", port, "/index.php/Main_Page")
        with (www / "LocalSettings.php").open("a") as settings:
            settings.write("\n$wgShowExceptionDetails = true; $wgShowHostnames = false;\n")
        yield shot("db-stopped-details", "error_page", "MariaDB stopped, details shown", port, "/index.php/Main_Page")


def dokuwiki(room: Room) -> Iterator[Shot]:
    """Record DokuWiki whole and with its data folder gone."""
    www, conf = room.copy("/usr/share/dokuwiki", "www"), room.copy("/etc/dokuwiki", "conf")
    data = room.copy("/var/lib/dokuwiki/data", "data")
    for name in (
        "pages",
        "attic",
        "media",
        "media_attic",
        "media_meta",
        "meta",
        "cache",
        "index",
        "locks",
        "tmp",
        "log",
    ):
        (data / name).mkdir(exist_ok=True)
    (conf / "local.php").write_text(
        f"<?php\n$conf['title'] = 'Atelier';\n$conf['savedir'] = '{data}';\n$conf['useacl'] = 0;\n"
    )
    first = room.write("first.php", f"<?php define('DOKU_MAIN_CONF', '{conf}/'); define('DOKU_CONF', '{conf}/');")
    (data / "pages/start.txt").write_text("====== Atelier ======\nLe bois se travaille **lentement**.\n")
    with served(room, www, (f"auto_prepend_file={first}", "display_errors=0")) as port:
        yield Shot(name="dokuwiki-start", expect="", by="DokuWiki 2022, healthy", port=port, path="/doku.php")
        yield Shot(
            name="dokuwiki-missing", expect="", by="DokuWiki 2022, a page not written", port=port, path="/doku.php?id=x"
        )
        data.rename(room.folder / "away")
        yield Shot(
            name="dokuwiki-no-data",
            expect="error_page",
            by="DokuWiki 2022, its data folder gone",
            port=port,
            path="/doku.php",
        )


def phpmyadmin(room: Room) -> Iterator[Shot]:
    """Record phpMyAdmin's login form and its word on a dead server."""
    www = room.copy("/usr/share/phpmyadmin", "www")
    vendor, config = www / "libraries/vendor_config.php", room.folder / "config.inc.php"
    vendor.write_text(vendor.read_text().replace("/etc/phpmyadmin/config.inc.php", str(config)))
    dead = room.port()
    base = f"<?php $cfg['blowfish_secret'] = '{'s' * 32}'; $cfg['Servers'][1]['host'] = '127.0.0.1'; "
    base += f"$cfg['Servers'][1]['port'] = '{dead}';"
    with served(room, www, ("display_errors=0",)) as port:
        config.write_text(base + "$cfg['Servers'][1]['auth_type'] = 'cookie';")
        yield Shot(
            name="phpmyadmin-login", expect="", by="phpMyAdmin 5.2, its login form", port=port, path="/index.php"
        )
        config.write_text(base + "$cfg['Servers'][1]['auth_type'] = 'config';")
        yield Shot(
            name="phpmyadmin-dead",
            expect="error_page",
            by="phpMyAdmin 5.2, MariaDB stopped",
            port=port,
            path="/index.php",
        )


MAKERS = (wordpress, mediawiki, dokuwiki, phpmyadmin)
