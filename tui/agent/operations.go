package main

// An operation answers one call; what run returns is the payload of DONE.
type operation struct {
	run func(*request) (any, error)
	// An operation that waits lasts until it is cancelled and takes no place on the storage.
	waits bool
	// An operation that eats is fed: the client sends bytes for it after the request.
	eats bool
}

var operations = map[string]operation{
	"list":     {run: list},
	"stat":     {run: stat},
	"read":     {run: read},
	"readlink": {run: readlink},
	"usage":    {run: usage},
	"watch":    {run: watch, waits: true},
	"lines":    {run: lines},
	"search":   {run: searchFile},
	"follow":   {run: follow, waits: true},
	"archive":  {run: archive},
	"find":     {run: find},
	"grep":     {run: grep},
	"du":       {run: usageByChild},
	"hash":     {run: hashFile},
	"remove":   {run: remove},
	"space":    {run: space},
	"sync":     {run: syncStorage},
	"mark":     {run: mark},
	"unpack":   {run: unpackStream, eats: true},
	"verify":   {run: verify},
	"stage":    {run: stage},
	"settle":   {run: settle},
	"lift":     {run: lift},
	"clone":    {run: cloneFolder},
	"swap":     {run: swap},
	"recover":  {run: recoverSwap},
	"pack":     {run: pack},
	"compare":  {run: compareFolders},

	"collisions": {run: collisions},
	"merge":      {run: merge},
}
