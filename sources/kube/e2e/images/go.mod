module images

go 1.26
