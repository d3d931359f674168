<?php
declare(strict_types=1);

require_once __DIR__ . '/lib/versioncheck.php';

try {
    require_once __DIR__ . '/lib/base.php';
    OC::handleRequest();
} catch (Throwable $failure) {
    http_response_code(500);
    error_log($failure->getMessage());
}
