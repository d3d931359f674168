<?php
$CONFIG = array (
  'instanceid' => 'ocx7k2demo',
  'passwordsalt' => 'not-a-real-salt',
  'secret' => 'not-a-real-secret',
  'trusted_domains' =>
  array (
    0 => 'localhost',
    1 => 'cloud.example.org',
  ),
  'datadirectory' => '/var/www/html/data',
  'dbtype' => 'mysql',
  'version' => '28.0.4.1',
  'overwrite.cli.url' => 'https://cloud.example.org',
  'dbname' => 'nextcloud',
  'dbhost' => 'db',
  'dbport' => '',
  'dbtableprefix' => 'oc_',
  'mysql.utf8mb4' => true,
  'dbuser' => 'nextcloud',
  'dbpassword' => 'not-a-real-password',
  'installed' => true,
  'memcache.local' => '\\OC\\Memcache\\APCu',
  'maintenance' => true,
  'loglevel' => 2,
  'default_phone_region' => 'DE',
);
