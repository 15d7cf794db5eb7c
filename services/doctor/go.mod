module spanwise/doctor

go 1.26
