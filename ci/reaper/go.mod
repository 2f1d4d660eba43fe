module io.pathproof/reaper

go 1.19
