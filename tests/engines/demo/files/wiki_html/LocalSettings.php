<?php
$wgSitename = "Team wiki";
$wgScriptPath = "";
$wgServer = "https://wiki.example.org";
$wgDBtype = "mysql";
$wgDBserver = "db";
$wgDBname = "wiki";
$wgDBuser = "wiki";
$wgDBpassword = "not-a-real-password";
$wgEnableUploads = true;
$wgUseImageMagick = true;
$wgLanguageCode = "en";
$wgGroupPermissions['*']['edit'] = false;
